package terraform

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"errors"
	"fmt"
	"net/url"
	"path"
	"regexp"
	"strings"
	"time"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
)

// onText is a function of texts.
func onText(result cty.Type, count int, impl func(args []string) (cty.Value, error)) function.Function {
	spec := &function.Spec{Type: function.StaticReturnType(result)}
	for range count {
		spec.Params = append(spec.Params, function.Parameter{Name: "text", Type: cty.String})
	}
	spec.Impl = func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		texts := make([]string, len(args))
		for i, arg := range args {
			texts[i] = arg.AsString()
		}
		return impl(texts)
	}
	return function.New(spec)
}

// mapping is a function that makes a text of a text.
func mapping(f func(string) string) function.Function {
	return onText(cty.String, 1, func(args []string) (cty.Value, error) { return cty.StringVal(f(args[0])), nil })
}

// predicate is a function that tells something about two texts.
func predicate(f func(a, b string) bool) function.Function {
	return onText(cty.Bool, 2, func(args []string) (cty.Value, error) { return cty.BoolVal(f(args[0], args[1])), nil })
}

var ownStrings = map[string]function.Function{
	"startswith": predicate(strings.HasPrefix), "endswith": predicate(strings.HasSuffix), "strcontains": predicate(strings.Contains),
	"basename": mapping(path.Base), "dirname": mapping(path.Dir), "urlencode": mapping(url.QueryEscape),
	"pathexpand": onText(cty.String, 1, func(args []string) (cty.Value, error) {
		if strings.HasPrefix(args[0], "~") {
			return cty.UnknownVal(cty.String), nil
		}
		return cty.StringVal(args[0]), nil
	}),
	"base64encode":     mapping(func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }),
	"base64decode":     onText(cty.String, 1, base64decode),
	"base64gzip":       onText(cty.String, 1, base64gzip),
	"textencodebase64": onText(cty.String, 2, textEncode),
	"textdecodebase64": onText(cty.String, 2, textDecode),
	"timecmp":          onText(cty.Number, 2, timecmp),
}

// replaceFunc takes /…/ for a regular expression.
var replaceFunc = onText(cty.String, 3, func(args []string) (cty.Value, error) {
	text, old, replacement := args[0], args[1], args[2]
	if len(old) < 2 || !strings.HasPrefix(old, "/") || !strings.HasSuffix(old, "/") {
		if n := strings.Count(text, old); n*len(replacement) > maxValue {
			return cty.DynamicVal, errTooLarge
		}
		return cty.StringVal(strings.ReplaceAll(text, old, replacement)), nil
	}
	re, err := regexp.Compile(old[1 : len(old)-1])
	if err != nil {
		return cty.DynamicVal, fmt.Errorf("this is no regular expression: %w", err)
	}
	if len(re.FindAllStringIndex(text, -1))*(len(replacement)+strings.Count(replacement, "$")*len(text)) > maxValue {
		return cty.DynamicVal, errTooLarge
	}
	return cty.StringVal(re.ReplaceAllString(text, replacement)), nil
})

func base64decode(args []string) (cty.Value, error) {
	text, err := base64.StdEncoding.DecodeString(args[0])
	switch {
	case err != nil:
		return cty.DynamicVal, errors.New("the text is no Base64")
	case !utf8.Valid(text):
		return cty.DynamicVal, errors.New("what the Base64 stands for is no UTF-8")
	}
	return cty.StringVal(string(text)), nil
}

func base64gzip(args []string) (cty.Value, error) {
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	if _, err := w.Write([]byte(args[0])); err != nil {
		return cty.DynamicVal, err
	}
	if err := w.Close(); err != nil {
		return cty.DynamicVal, err
	}
	return cty.StringVal(base64.StdEncoding.EncodeToString(out.Bytes())), nil
}

// textEncode knows the two encodings that Azure wants; of others the result is unknown.
func textEncode(args []string) (cty.Value, error) {
	switch strings.ToUpper(args[1]) {
	case "UTF-8":
		return cty.StringVal(base64.StdEncoding.EncodeToString([]byte(args[0]))), nil
	case "UTF-16LE":
		var out []byte
		for _, unit := range utf16.Encode([]rune(args[0])) {
			out = append(out, byte(unit), byte(unit>>8)) //nolint:gosec // the low and the high byte
		}
		return cty.StringVal(base64.StdEncoding.EncodeToString(out)), nil
	}
	return cty.UnknownVal(cty.String), nil
}

func textDecode(args []string) (cty.Value, error) {
	raw, err := base64.StdEncoding.DecodeString(args[0])
	switch {
	case err != nil:
		return cty.DynamicVal, errors.New("the text is no Base64")
	case strings.EqualFold(args[1], "UTF-8"):
		return cty.StringVal(string(raw)), nil
	case !strings.EqualFold(args[1], "UTF-16LE") || len(raw)%2 != 0:
		return cty.UnknownVal(cty.String), nil
	}
	units := make([]uint16, 0, len(raw)/2)
	for i := 0; i < len(raw); i += 2 {
		units = append(units, uint16(raw[i])|uint16(raw[i+1])<<8)
	}
	return cty.StringVal(string(utf16.Decode(units))), nil
}

func timecmp(args []string) (cty.Value, error) {
	a, err := time.Parse(time.RFC3339, args[0])
	if err != nil {
		return cty.DynamicVal, errors.New("not a valid RFC 3339 timestamp")
	}
	b, err := time.Parse(time.RFC3339, args[1])
	if err != nil {
		return cty.DynamicVal, errors.New("not a valid RFC 3339 timestamp")
	}
	return cty.NumberIntVal(int64(a.Compare(b))), nil
}
