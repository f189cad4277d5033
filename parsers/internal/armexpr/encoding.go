package armexpr

import (
	"encoding/base64"
	"net/url"
	"strings"

	"github.com/asrscheck/asrscheck/parsers/internal/jsontree"
)

func toBase64(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }

func toDataURI(s string) string { return "data:text/plain;charset=utf8;base64," + toBase64(s) }

func fromBase64(r *run, args []*jsontree.Node) *jsontree.Node {
	decoded, err := base64.StdEncoding.DecodeString(args[0].Text())
	if args[0].Kind() != jsontree.String || err != nil {
		return nil
	}
	return r.str(string(decoded), args...)
}

func fromBase64JSON(r *run, args []*jsontree.Node) *jsontree.Node {
	decoded := fromBase64(r, args)
	if decoded == nil {
		return nil
	}
	return fromJSON(r, []*jsontree.Node{decoded})
}

// fromJSON reads the JSON in a string; everything in it stands where the expression stands.
func fromJSON(r *run, args []*jsontree.Node) *jsontree.Node {
	if args[0].Kind() != jsontree.String {
		return nil
	}
	inside := jsontree.NewString(r.at, args[0].Text())
	doc, err := jsontree.ParseInside(inside, jsontree.Options{MaxBytes: maxText, MaxValues: maxSteps})
	if err != nil {
		return nil
	}
	return came(doc.Root.Moved(r.at, ""), args)
}

// escapeURI is percent-encoding of all that RFC 3986 section 2.3 does not reserve.
func escapeURI(s string) string {
	return strings.ReplaceAll(url.QueryEscape(s), "+", "%20")
}

func unescapeURI(r *run, args []*jsontree.Node) *jsontree.Node {
	s, err := url.PathUnescape(args[0].Text())
	if args[0].Kind() != jsontree.String || err != nil {
		return nil
	}
	return r.str(s, args...)
}

// uri resolves a reference against a base (RFC 3986 section 5.2; "String functions for ARM templates": uri).
func uri(r *run, args []*jsontree.Node) *jsontree.Node {
	s, ok := texts(args)
	if !ok {
		return nil
	}
	base, err := url.Parse(s[0])
	if err != nil || base.Scheme == "" || base.Host == "" {
		return nil
	}
	if base.Path == "" {
		base.Path = "/"
	}
	relative, err := url.Parse(s[1])
	if err != nil {
		return nil
	}
	return r.str(base.ResolveReference(relative).String(), args...)
}
