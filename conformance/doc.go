// Package conformance knows what must hold when a reverse proxy stands in front of Azure SignalR Service, which requests a SignalR
// client sends, and how verdicts about one are made from findings.
//
// A Requirement is one demand. Rules (package rules) judge requirements by reading: they look at the traces of probes. Cases
// (package live) judge the same requirements by traffic.
package conformance
