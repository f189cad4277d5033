// Package live judges requirements by traffic: each case sends what SignalR clients send through a proxy and looks at what comes
// back and, where the fake service stands behind the proxy, at what arrived there. One requirement, one file.
//
// Cases are data. Run turns them into a Ginkgo suite for one target, and may do so again in the same process; Judge runs them
// without Ginkgo, so that many targets can be judged at once.
package live
