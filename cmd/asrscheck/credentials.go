package main

import (
	"errors"
	"net/url"
	"strings"

	"github.com/asrscheck/asrscheck/conformance/live"
)

// connectionString is the environment variable for the connection string of the service behind a proxy. It is no flag, because
// command lines are seen by others and kept in histories.
const connectionString = "ASRSCHECK_CONNECTION_STRING"

// credentials are those that the environment gives. Nothing of the string is ever shown, not even when it is wrong.
func (s *session) credentials() (live.Credentials, error) {
	text := s.env(connectionString)
	if text == "" {
		return live.Credentials{}, nil
	}
	parts := map[string]string{}
	for segment := range strings.SplitSeq(text, ";") { // as azure-signalr ConnectionStringParser.cs splits it
		if key, value, ok := strings.Cut(segment, "="); ok {
			parts[strings.ToLower(strings.TrimSpace(key))] = strings.TrimSpace(value)
		}
	}
	endpoint, err := url.Parse(parts["endpoint"])
	if err != nil || endpoint.Hostname() == "" {
		return live.Credentials{}, errors.New(connectionString + " has no Endpoint=https://NAME.service.signalr.net")
	}
	if parts["accesskey"] == "" {
		return live.Credentials{}, errors.New(connectionString + " has no AccessKey=…, without which no access token can be made")
	}
	return live.Credentials{Host: endpoint.Hostname(), Key: parts["accesskey"]}, nil
}
