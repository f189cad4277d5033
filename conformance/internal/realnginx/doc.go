// Package realnginx runs the NGINX of this machine with a configuration as it is, in front of services that only pretend.
//
// The program that wants this starts itself again with Enter, in a network and a mount namespace of its own, and opens a Rig there.
// The namespace in which NGINX listens is the front. Every address that is not the machine's own leads to a second one, the back,
// where every address and every name is a service: it accepts, records what it saw and answers with that. Nothing leaves the
// machine, no port of it is taken (NGINX may listen on 443 while services do), and no file of it is changed: /etc and /var are
// covered by layers in memory.
package realnginx
