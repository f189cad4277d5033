package nginx

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// realNGINX is the program to compare with; the test is skipped without one.
func realNGINX(t testing.TB) string {
	t.Helper()
	for _, name := range []string{"nginx", "/usr/sbin/nginx", "/usr/local/sbin/nginx"} {
		if found, err := exec.LookPath(name); err == nil {
			return found
		}
	}
	t.Skip("no nginx is installed to compare with")
	return ""
}

// testConfig lets the real NGINX read a configuration and returns all that it says.
func testConfig(t testing.TB, program, text string) string {
	t.Helper()
	dir := t.TempDir()
	conf := filepath.Join(dir, "nginx.conf")
	if err := os.WriteFile(conf, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return runNGINX(t, program, dir, "-t", "-c", conf)
}

func runNGINX(t testing.TB, program, dir string, args ...string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	args = append(args, "-p", dir, "-g", "error_log stderr; pid "+dir+"/pid;")
	cmd := exec.CommandContext(ctx, program, args...) //nolint:gosec // the program to compare with
	cmd.Env = []string{"PATH=/usr/bin:/bin"}          // the variable NGINX would hold inherited sockets
	out, _ := cmd.CombinedOutput()                    // the status says no more than the text
	return string(out)
}

var emergency = regexp.MustCompile(`\[emerg\] \d+#\d+: ((?s:.*?)) in \S+:(\d+)\n`)

// refusal is the error that NGINX reports, as "line: message"; empty when it takes the text.
func refusal(output string) string {
	if m := emergency.FindStringSubmatch(output); m != nil {
		return m[2] + ": " + m[1]
	}
	if strings.Contains(output, "test is successful") {
		return ""
	}
	return "no verdict: " + output
}

// expected is the refusal that the tree predicts.
func expected(tree *Tree) string {
	if len(tree.Problems) == 0 {
		return ""
	}
	p := tree.Problems[0]
	return fmt.Sprintf("%d: %s", p.Span.Line, p.Message)
}

func TestTheRealNGINXTakesAndRefusesTheSameTexts(t *testing.T) {
	program := realNGINX(t)
	for _, tt := range lexerCases {
		t.Run(tt.name, func(t *testing.T) {
			text := "events { }\nhttp {\n" + tt.text + "\n}\n"
			got := refusal(testConfig(t, program, text))
			if tt.refused != "" {
				if want := "3: " + tt.refused; got != want {
					t.Errorf("NGINX says %q, want %q", got, want)
				}
				return
			}
			if want := expected(parseText(t, text)); clip(got) != clip(want) {
				t.Errorf("NGINX says %q, asrscheck says %q", got, want)
			}
		})
	}
}

// clip cuts a character of several bytes, of which NGINX shows the first.
func clip(s string) string {
	before, rest, ok := strings.Cut(s, `unexpected "`)
	if !ok || rest[0] < 0x80 {
		return s
	}
	return before + `unexpected "`
}

func TestTheRealNGINXCountsTheSameBytesAsTooLong(t *testing.T) {
	program := realNGINX(t)
	for n := maxParameter - 4; n <= maxParameter+1; n++ {
		x := strings.Repeat("x", n)
		for _, statement := range []string{"#" + x + "\n", "types { a " + x + "; }", "types { a " + x + " ; }", `types { a "` + x + `"; }`, `types { a "` + x + `" ; }`} {
			text := "events { }\nhttp { }\n#\nhttp {" + statement + "}"
			text = strings.Replace(text, "http { }\n", "", 1)
			got := refusal(testConfig(t, program, text))
			if want := expected(parseText(t, text)); got != want {
				t.Errorf("%d bytes in %.12s…%s: NGINX says %q, asrscheck says %q", n, statement, statement[len(statement)-5:], got, want)
			}
		}
	}
}

var duplicate = regexp.MustCompile(`(?s)duplicate extension "(.*?)", content type: "[ab]", previous content type: "[ab]" in `)

func TestRandomWordsAreReadAsTheRealNGINXReadsThem(t *testing.T) {
	program := realNGINX(t)
	random := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // a test that repeats
	for range 150 {
		words := randomWords(random)
		// NGINX warns of each extension that has a type already, which tells the words that it read.
		text := "events { }\nhttp { types_hash_max_size 4096; types {\na " + words + ";\nb " + words + ";\n} }\n"
		output := testConfig(t, program, text)
		tree := parseText(t, text)
		if got, want := refusal(output), expected(tree); got != want {
			t.Errorf("%q: NGINX says %q, asrscheck says %q", words, got, want)
			continue
		}
		if len(tree.Problems) > 0 {
			continue
		}
		var got []string
		for _, m := range duplicate.FindAllStringSubmatch(output, -1) {
			if !slices.Contains(got, m[1]) {
				got = append(got, m[1])
			}
		}
		slices.Sort(got)
		if want := secondType(tree); !slices.Equal(got, want) {
			t.Errorf("%q: NGINX reads %q, asrscheck reads %q", words, got, want)
		}
	}
}

func randomWords(random *rand.Rand) string {
	const alphabet = "aab  \\\\\"\"''$}##()\n"
	var b bytes.Buffer
	for range 1 + random.IntN(14) {
		b.WriteByte(alphabet[random.IntN(len(alphabet))])
	}
	return b.String()
}

// secondType are the different words of the second line of the types block, sorted.
func secondType(tree *Tree) []string {
	var words []string
	for http := range tree.Main.Statements() {
		for types := range http.Statements() {
			for line := range types.Statements() {
				if line.Name() != "b" {
					continue
				}
				for _, w := range line.Args() {
					if !slices.Contains(words, w) {
						words = append(words, w)
					}
				}
			}
		}
	}
	slices.Sort(words)
	return words
}
