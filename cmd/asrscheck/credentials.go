package main

import (
	"errors"
	"fmt"
	"os"
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

// credentials are those of the environment, or of a file with a token; none is no error.
func (s *session) credentials(tokenFile string) (live.Credentials, error) {
	token, from := strings.TrimSpace(s.env(tokenVariable)), tokenVariable
	if tokenFile != "" {
		text, err := os.ReadFile(tokenFile) //nolint:gosec // reading what the user names is what the program is for
		if err != nil {
			return live.Credentials{}, asFailure(fmt.Errorf("read --token-file: %w", err))
		}
		token, from = strings.TrimSpace(string(text)), "--token-file "+tokenFile
	}
	if token != "" {
		c, err := live.ParseToken(token)
		if err != nil {
			return c, fmt.Errorf("%s: %w", from, err)
		}
		return c, nil
	}
	c, err := parseCredentials(s.env(connectionStringVariable))
	if err != nil {
		return c, fmt.Errorf("%s: %w", connectionStringVariable, err)
	}
	return c, nil
}
