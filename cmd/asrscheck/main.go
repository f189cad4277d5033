// Command asrscheck tells whether SignalR clients that come through a reverse proxy reach the right Azure SignalR Service, on every
// transport, and nothing else.
package main

import "os"

func main() {
	os.Exit(run(os.Args[1:], &session{stdin: os.Stdin, stdout: os.Stdout, stderr: os.Stderr, env: os.Getenv}))
}
