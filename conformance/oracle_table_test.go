package conformance_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/asrscheck/asrscheck/conformance/internal/realnginx"
	"github.com/asrscheck/asrscheck/conformance/internal/realnginx/realnginxtest"
	"github.com/asrscheck/asrscheck/parsers/nginx"
)

// smallTexts are directives and where they stand, "context | directives", one a line.
const smallTexts = "../parsers/nginx/testdata/directives.txt"

func TestOfEachDirectiveNGINXAndAsrscheckSayTheSame(t *testing.T) {
	realnginxtest.EachVersion(t, func(t *testing.T, rig *realnginx.Rig, installed realnginx.Installation) {
		prefix := openFolder(t)
		taken, refused := 0, 0
		for _, d := range eachDirective() {
			context, directives := d.context, d.text
			if err := os.WriteFile(filepath.Join(prefix, "nginx.conf"), []byte(inContext(context, directives)), 0o644); err != nil {
				t.Fatal(err)
			}
			refusal, err := rig.Test(t.Context(), installed, prefix)
			if err != nil {
				t.Fatalf("%s: %v", directives, err)
			}
			if refusal != nil {
				refusal.Message = otherPlace.ReplaceAllString(refusal.Message, "")
			}
			own := refusedIn(gatewayOf(t, bench{rig, installed}, nginx.Folder{Files: os.DirFS(prefix), Main: "nginx.conf", Prefix: prefix}))
			switch {
			case refusal == nil && len(own) > 0:
				t.Errorf("%s: NGINX takes it, asrscheck says %s", directives, own[0].Message)
			case refusal == nil:
				taken++
			case strings.HasPrefix(refusal.Message, `unknown directive "stream"`), strings.HasPrefix(refusal.Message, `unknown directive "mail"`), ofTheMachine.MatchString(refusal.Message):
			case len(own) == 0:
				t.Errorf("%s: NGINX refuses it: %s", directives, refusal.Message)
			case !sameWords(refusal, own) && !strings.HasPrefix(refusal.Message, "pcre"):
				t.Errorf("%s: NGINX says %s, asrscheck says %s", directives, refusal.Message, own[0].Message)
			default:
				refused++
			}
		}
		t.Logf("both take %d texts and refuse %d in the same words", taken, refused)
		if taken == 0 || refused == 0 {
			t.Error("nothing was compared")
		}
	})
}

// smallText is directives and the context that they stand in.
type smallText struct{ context, text string }

func eachDirective() []smallText {
	list, err := os.ReadFile(smallTexts)
	if err != nil {
		panic(err) // the file is a part of the project
	}
	var out []smallText
	for line := range strings.Lines(string(list)) {
		if context, text, ok := strings.Cut(strings.TrimSpace(line), " | "); ok {
			out = append(out, smallText{context, text})
		}
	}
	return out
}

// otherPlace is where something else stands that a refusal names.
var otherPlace = regexp.MustCompile(` in /\S+:\d+`)

// inContext puts directives where they stand.
func inContext(context, directives string) string {
	switch context {
	case "main":
		return directives + "\nevents { }\nhttp { }\n"
	case "events":
		return "events { " + directives + " }\nhttp { }\n"
	case "server":
		return "events { }\nhttp { server { " + directives + " } }\n"
	}
	return "events { }\n" + context + " { " + directives + " }\n"
}
