package nginx

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/asrscheck/asrscheck/parsers/routing"
)

func TestTemplatesAreNamedAndNotRead(t *testing.T) {
	for _, text := range []string{
		"server {\n  server_name {{ domain }};\n  location / { proxy_pass https://chat.service.signalr.net; }\n}",
		"server {\n{% if tls %}\n  listen 443 ssl;\n{% endif %}\n}",
		"server { server_name {{- .Values.host }}; }",
		"server { server_name \"{{ printf \"%s\" .Host }}\"; }",
		"server {\n  server_name <%= @domain %>;\n}",
		"server {\n<% @names.each do |n| -%>\n  server_name <%= n %>;\n<% end -%>\n}",
		"include x;\nserver {\n  server_name {{ domain }};\n}",
	} {
		tree := parseText(t, text)
		if got := complaints(tree); strings.Count(got, "\n") > 0 || !strings.Contains(got, "this is a template") {
			t.Errorf("problems of %q are\n%s", text, got)
		}
		if got := outline(tree.Main.Body()); got != "?" {
			t.Errorf("of %q is read %s", text, got)
		}
		if got := Inventory(tree); len(got) > 0 {
			t.Errorf("of %q is listed %v", text, got)
		}
	}
}

func TestBracesThatNoEngineFillsInAreNoTemplate(t *testing.T) {
	for _, text := range []string{
		"# rendered from {{ name }}\nserver { listen 80; }",
		"server { sub_filter '{{ token }}' x; }",
		"location / { content_by_lua_block { local t = {{1}}; ngx.say(t) } }",
		"location / { return 200 '{{a}}'; }",
		"map $a $b { default x; }\nserver{location / {}}",
	} {
		if tree := parseText(t, text); len(tree.Problems) > 0 {
			t.Errorf("problems of %q are\n%s", text, complaints(tree))
		}
	}
}

func TestWhatTheEnvironmentFillsInIsUnknownAndNamed(t *testing.T) {
	const text = `
map $http_upgrade $connection_upgrade { default upgrade; '' close; }
server {
  listen ${port};
  server_name ${server_host};
  location /client/ {
    proxy_pass https://${signalr_host};
    proxy_set_header X-Real-IP ${remote_addr};
    proxy_set_header Connection ${connection_upgrade};
    proxy_read_timeout ${TIMEOUT};
  }
}`
	tree, err := Parse(Folder{Files: fstest.MapFS{"default.conf.template": {Data: []byte(text)}}, Main: "default.conf.template"})
	if err != nil {
		t.Fatal(err)
	}
	g, err := Lower(tree, "1.28.0")
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, p := range g.Problems {
		if name, _, ok := strings.Cut(p.Message, "} is filled in from the environment"); ok {
			got = append(got, strings.TrimPrefix(name, "${"))
		} else if !strings.Contains(p.Message, "this is a part of a configuration") {
			t.Errorf("problem %s", p.Message)
		}
	}
	if want := "port server_host signalr_host TIMEOUT"; strings.Join(got, " ") != want {
		t.Errorf("named are %q instead of %q", got, want)
	}
}

func TestATextTellsWhereItWasWrittenAndWhatNobodyKnows(t *testing.T) {
	at := func(start, _ int) routing.Span { return routing.Span{File: "manifest.yaml", Line: 100 + start} }
	main := "events {}\nhttp {\n include /etc/nginx/conf.d/*.conf;\n}\n"
	other := "server {\n location / { proxy_pass http://u; proxy_read_timeout $wait; }\n}\nupstream u { server $member; }\n"
	tree, err := ParseTexts(Texts{
		Main: Text{Name: "nginx.conf", Source: main, At: at}, Others: []Text{{Name: "a.conf", Source: other, At: at}},
		Unknown: map[string]string{"wait": "nobody said how long", "member": "nobody said who"},
	})
	if err != nil {
		t.Fatal(err)
	}
	g, err := Lower(tree, "1.28.0")
	if err != nil || len(g.Problems) > 0 {
		t.Fatal(err, g.Problems)
	}
	if member := g.Pools["u"].Members[0]; member.Address.Why() != "nobody said who" || member.Span.Line != 100+strings.Index(other, "server $member") {
		t.Errorf("the member is %v at %v", member.Address, member.Span)
	}
	if got := told(g, "GET /"); !strings.Contains(got, "nobody said who") {
		t.Errorf("told %s", got)
	}
}
