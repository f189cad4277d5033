// Package refproxy runs any gateway of the common model against real sockets: for each request it interprets the gateway's
// program, as a trace does, and then does what the trace says. A gateway that can be read can so be tried out in front of the
// fake service.
//
// It never guesses. Where the outcome hangs on something that reading cannot decide, it answers 501 and says why in the header
// X-Asrscheck-Unknown. Defects can be switched on, one by one, to see whether the cases that look for them find them.
package refproxy
