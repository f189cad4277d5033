package routing

import "testing"

func TestAWholeURLNamesTheHostBeforeTheHostHeader(t *testing.T) {
	tests := []struct{ target, authority, origin, path, query string }{
		{"/a?b=c", "in.header.example", "/a?b=c", "/a", "b=c"},
		{"/a?u=http://x.example/", "in.header.example", "/a?u=http://x.example/", "/a", "u=http://x.example/"},
		{"http://in.url.example:81/a//b?c", "in.url.example:81", "/a//b?c", "/a//b", "c"},
		{"HTTP+x://in.url.example", "in.url.example", "/", "/", ""},
		{"http://in.url.example?c=/d", "in.url.example", "?c=/d", "", "c=/d"},
		{"1x://in.url.example/a", "in.header.example", "1x://in.url.example/a", "1x://in.url.example/a", ""},
		{"*", "in.header.example", "*", "*", ""},
	}
	for _, tt := range tests {
		r := &Request{Host: "in.header.example", Target: tt.target}
		if r.Authority() != tt.authority || r.Origin() != tt.origin || r.Path() != tt.path || r.Query() != tt.query {
			t.Errorf("%q: authority %q, origin %q, path %q, query %q, want %q, %q, %q, %q",
				tt.target, r.Authority(), r.Origin(), r.Path(), r.Query(), tt.authority, tt.origin, tt.path, tt.query)
		}
	}
}
