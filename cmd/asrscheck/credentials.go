package main

import (
	"errors"
	"strings"

	"github.com/asrscheck/asrscheck/conformance"
	"github.com/asrscheck/asrscheck/conformance/live"
)

// parseCredentials reads a connection string (grammar: Azure/azure-signalr, ConnectionStringParser.cs). An empty one gives none.
func parseCredentials(connectionString string) (live.Credentials, error) {
	var c live.Credentials
	if connectionString == "" {
		return c, nil
	}
	for part := range strings.SplitSeq(connectionString, ";") {
		key, value, _ := strings.Cut(part, "=")
		switch strings.ToLower(strings.TrimSpace(key)) {
		case "endpoint":
			e, err := conformance.ParseEndpoint(strings.TrimSpace(value))
			if err != nil {
				return c, errors.New("its Endpoint is no URL")
			}
			c.Host = e.Host
		case "accesskey":
			c.Key = strings.TrimSpace(value)
		}
	}
	if c.Host == "" || c.Key == "" {
		return c, errors.New("it needs Endpoint=… and AccessKey=…")
	}
	return c, nil
}
