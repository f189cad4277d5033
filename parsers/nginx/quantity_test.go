package nginx

import (
	"strings"
	"testing"
	"time"
)

func TestTimesAreReadAsNGINXReadsThem(t *testing.T) {
	tests := []struct {
		text string
		want time.Duration
		ok   bool
	}{
		{"100", 100 * time.Second, true},
		{"1m30s", 90 * time.Second, true},
		{"500ms", 500 * time.Millisecond, true},
		{"1h 30m", 90 * time.Minute, true},
		{"1s500ms", 1500 * time.Millisecond, true},
		{"1d", 24 * time.Hour, true},
		{"1w2d", 9 * 24 * time.Hour, true},
		{"0", 0, true},
		{"1m30", 90 * time.Second, true},
		{"", 0, false},
		{"s", 0, false},
		{"30s1m", 0, false},
		{"1m1m", 0, false},
		{"-1", 0, false},
		{"1.5s", 0, false},
		{"10x", 0, false},
		{"99999999999999999999", 0, false},
		{"9999999999y", 0, false},
	}
	for _, tt := range tests {
		if got, ok := parseTime(tt.text); got != tt.want || ok != tt.ok {
			t.Errorf("%q is %v (%v), want %v (%v)", tt.text, got, ok, tt.want, tt.ok)
		}
	}
}

func TestSizesAreReadAsNGINXReadsThem(t *testing.T) {
	tests := []struct {
		text string
		want int64
		ok   bool
	}{{"8k", 8192, true}, {"1M", 1 << 20, true}, {"2g", 2 << 30, true}, {"0", 0, true}, {"17", 17, true}, {"", 0, false}, {"k", 0, false}, {"8kb", 0, false}, {"-1", 0, false}, {"9999999999999g", 0, false}}
	for _, tt := range tests {
		if got, ok := parseSize(tt.text); got != tt.want || ok != tt.ok {
			t.Errorf("%q is %v (%v), want %v (%v)", tt.text, got, ok, tt.want, tt.ok)
		}
	}
}

func TestValuesAreCutIntoTextsAndVariables(t *testing.T) {
	tests := []struct{ value, want, refusal string }{
		{"plain", "plain", ""},
		{"$host", "{host}", ""},
		{"${host}x", "{host} x", ""},
		{"a$arg_asrs.op", "a {arg_asrs} .op", ""},
		{"$1$23", "{1} {2} 3", ""},
		{"$scheme://$host$request_uri", "{scheme} :// {host} {request_uri}", ""},
		{"$0", "{0}", ""},
		{"", "", ""},
		{"$", "", "invalid variable name"},
		{"a$-b", "", "invalid variable name"},
		{"${", "", "invalid variable name"},
		{"${}", "", "invalid variable name"},
		{"${host;", "", `the closing bracket in "host" variable is missing`},
		{"${host", "", `the closing bracket in "host" variable is missing`},
	}
	for _, tt := range tests {
		pieces, refusal := splitVariables(tt.value)
		var parts []string
		for _, p := range pieces {
			if p.variable != "" {
				p.text = "{" + p.variable + "}"
			}
			parts = append(parts, p.text)
		}
		if got := strings.Join(parts, " "); got != tt.want || refusal != tt.refusal {
			t.Errorf("%q is cut into %q (%s), want %q (%s)", tt.value, got, refusal, tt.want, tt.refusal)
		}
	}
}

func TestPathsAreNormalizedAsNGINXDoes(t *testing.T) {
	tests := []struct{ raw, want string }{
		{"/client/", "/client/"},
		{"//client//x", "/client/x"},
		{"/a/./b", "/a/b"},
		{"/a/../b", "/b"},
		{"/a/b/..", "/a/"},
		{"/a/.", "/a/"},
		{"/%63lient/", "/client/"},
		{"/a%2Fb", "/a/b"},
		{"/a%2f..%2fb", "/b"},
		{"/a%3Fb", "/a?b"},
		{"/a%23b", "/a#b"},
		{"/a%2525", "/a%25"},
		{"/a#b", "/a"},
		{"/...", "/..."},
		{"/a/..b", "/a/..b"},
		{"/%2e%2e/a", ""},
		{"/..", ""},
		{"/../a", ""},
		{"/a%0", ""},
		{"/a%zz", ""},
		{"/%00", ""},
		{"", "/"},
		{"/a/%2e/b", "/a/b"},
	}
	for _, tt := range tests {
		if got := normalizeURI(tt.raw, true); got != tt.want {
			t.Errorf("%q becomes %q, want %q", tt.raw, got, tt.want)
		}
	}
	if got := normalizeURI("//a//b", false); got != "//a//b" {
		t.Errorf("without merge_slashes //a//b becomes %q", got)
	}
}

func TestVersionsAreComparedByNumber(t *testing.T) {
	for text, old := range map[string]bool{"1.9.15": true, "1.29.6": true, "1.29.7": false, "nginx/1.30": false, "1.31.4": false} {
		r, err := parseRelease(text)
		if err != nil || r.before(speaksHTTP11) != old {
			t.Errorf("%s is before 1.29.7: %v (%v), want %v", text, !old, err, old)
		}
	}
	for _, text := range []string{"", "1", "latest", "1.x.3", "1.2.3.4"} {
		if _, err := parseRelease(text); err == nil {
			t.Errorf("%q is taken for a version", text)
		}
	}
}
