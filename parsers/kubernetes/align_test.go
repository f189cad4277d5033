package kubernetes

import (
	"strings"
	"testing"
)

func TestEveryStyleOfAScalarIsFoundInItsPlace(t *testing.T) {
	for name, text := range map[string]string{
		"literal":         "data:\n  key: |\n    first\n\n    \tNEEDLE here\n    last\n",
		"literal, CRLF":   "data:\r\n  key: |\r\n    first\r\n    NEEDLE here\r\n",
		"literal, indent": "data:\n  key: |2-\n      first\n    NEEDLE\n",
		"folded":          "data:\n  key: >-\n    first\n    second NEEDLE\n\n    last\n",
		"double quotes":   "data:\n  key: \"fi\\\"rst\\n\\\n    \\tNEEDLE\\u00e9\"\n",
		"single quotes":   "data:\n  key: 'it''s\n    NEEDLE'\n",
		"plain":           "data:\n  key: first\n    NEEDLE\n",
		"anchor":          "data:\n  key: &a |\n    NEEDLE\n",
		"JSON":            "{\"data\": {\"key\": \"first\\nNEEDLE\\/\"}}",
		"wide characters": "data:\n  këy: {key: 'größer NEEDLE'}\n",
	} {
		r := &reader{}
		in := newText("f", []byte("apiVersion: v1\nkind: ConfigMap\n"+text))
		if strings.HasPrefix(text, "{") {
			in = newText("f", []byte(`{"apiVersion": "v1", "kind": "ConfigMap", `+text[1:]))
		}
		if err := r.documents(in); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		v := r.objects[0].get("data", "key")
		if v.isZero() {
			v = r.objects[0].get("data", "këy", "key")
		}
		at := strings.Index(v.text(), "NEEDLE")
		got := v.places()(at, at+len("NEEDLE"))
		start := strings.Index(string(in.data), "NEEDLE")
		if want := in.span(start, start+len("NEEDLE")); at < 0 || got != want {
			t.Errorf("%s: NEEDLE is found at %v instead of %v", name, got, want)
		}
	}
}

func TestAliasesThatLeadInCirclesEnd(t *testing.T) {
	bomb := "a: &a [x]\n"
	for c := 'b'; c < 'm'; c++ {
		bomb += string(c) + ": &" + string(c) + " [" + strings.Repeat("*"+string(c-1)+", ", 50) + "]\n"
	}
	for name, text := range map[string]string{
		"itself":   "kind: ConfigMap\napiVersion: v1\nmetadata: &m\n  annotations: *m\ndata: &d\n  a: *d\n",
		"merged":   "kind: ConfigMap\napiVersion: v1\ndata: &d\n  <<: *d\n",
		"bomb":     "kind: ConfigMap\napiVersion: v1\n" + bomb + "data: {a: *l}\n",
		"lists":    "kind: List\napiVersion: v1\nitems: &i\n- kind: List\n  items: *i\n",
		"too deep": "kind: List\napiVersion: v1\nitems: " + strings.Repeat("[", 20000) + "\n",
	} {
		if r := read(t, text); len(r.Gateways) > 0 {
			t.Errorf("%s: there are gateways", name)
		}
	}
}
