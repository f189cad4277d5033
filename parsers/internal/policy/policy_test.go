package policy_test

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/asrscheck/asrscheck/parsers/internal/policy"
)

// documents are what policy files hold that XML does not.
var documents = map[string]string{
	"quotes of C# in an attribute":    `<when condition="@(context.Request.Headers.GetValueOrDefault("a","") == "b" && 1 < 2)"><base/></when>`,
	"C# encoded as XML":               `<when condition="@(x.Get(&quot;a&quot;) == &quot;)&quot; &amp;&amp; 1 &lt; 2)"><base /></when>`,
	"generics and tags in text":       `<set-body>@{ var x = body.As<JObject>(); return "<b>" + x["a"] + "</b>"; }</set-body>`,
	"a bracket in a character":        `<value>@(x.Split(')')[0])</value>`,
	"a verbatim string":               `<value>@(@"a"")" + $"{x["a"]}" + $@"{{")</value>`,
	"comments in C#":                  "<value>@{ // it's (\n /* \" */ return 1; }</value>",
	"a named value as an attribute":   `<jsonp {{x}} a='b' />`,
	"two dashes in a comment":         `<a><!-- x -- y --></a>`,
	"a byte order mark":               "\ufeff<policies>\r\n</policies>",
	"CDATA":                           `<value><![CDATA[a < b]]></value>`,
	"space everywhere":                "<a  b = \"1\"\n\tc='2' ></a >",
	"a declaration and an angle":      "<?xml version='1.0'?><!DOCTYPE x><a> 1 < 2 </a>",
	"an expression that does not end": `<a b="@(x"/><c>@{ y </c>`,
	"a tag that does not end":         `<a><b c="1"`,
	"a closing tag too many":          `</x><a></b></a>`,
	"an element that is not closed":   `<a><b><c/></a>`,
	"an attribute without quotes":     `<a b=1><c/></a>`,
}

func TestEveryDocumentPrintsAsItWasRead(t *testing.T) {
	for name, text := range documents {
		t.Run(name, func(t *testing.T) {
			if got := policy.Parse(text).String(); got != text {
				t.Errorf("got  %q\nwant %q", got, text)
			}
		})
	}
}

func TestValuesAreDecodedAndKnowWhereTheyStand(t *testing.T) {
	text := `<when condition="@(x == &quot;a&quot; &amp;&amp; y)">` + "\n  <value> {{name}} @(f(\"<\")) </value></when>"
	d := policy.Parse(text)
	when := d.Root("when")
	a, ok := when.Attribute("condition")
	if want := `@(x == "a" && y)`; !ok || a.Value != want || text[a.Start:a.End] != `@(x == &quot;a&quot; &amp;&amp; y)` {
		t.Errorf("the condition is %q at %q", a.Value, text[a.Start:a.End])
	}
	content, start, end := when.Child("value").Content()
	if want := `{{name}} @(f("<"))`; content != want || strings.TrimSpace(text[start:end]) != want {
		t.Errorf("the content is %q at %q", content, text[start:end])
	}
	parts := policy.Parts(content)
	if len(parts) != 2 || parts[0].Text != "{{name}} " || !parts[1].Expression || parts[1].Text != `@(f("<"))` || parts[1].Offset != 9 {
		t.Errorf("the content has the parts %v", parts)
	}
}

func TestBrokenDocumentsSayWhatIsWrongAndTheRestIsRead(t *testing.T) {
	for text, want := range map[string]string{
		`<a><b></a><c/>`:       "3: <b> is not closed before </a>",
		`<a></x></a><c/>`:      "3: </x> closes nothing",
		`<a b=1></a><c/>`:      "3: in <a> the attribute b has no value in quotes",
		`<a>@(x</a><c/>`:       "3: an expression begins here whose brackets or quotes do not end: @(x</a><c/>",
		`<a><c/>`:              "0: <a> is not closed",
		`<c/><!-- x`:           "4: a comment begins here and does not end",
		`<c/><a`:               "4: in <a> the document ends inside of the tag",
		`<c/><a b="x></a>`:     "7: in <a> the value of attribute b does not end",
		`<c/><a =""></a>`:      `7: in <a> an attribute was expected, not "=\"\"></a>"`,
		`<a><c/><b {{x></b>`:   "10: in <b> a named value does not end",
		`<c/></a`:              "4: a closing tag begins here and does not end",
		deep("<a>", 300) + "x": "600: elements nest deeper than 200 levels",
	} {
		d := policy.Parse(text)
		if len(d.Problems) == 0 || fmt.Sprintf("%d: %s", d.Problems[0].At, d.Problems[0].Message) != want {
			t.Errorf("%q has the problems %v, want %q first", text[:min(len(text), 40)], d.Problems, want)
		}
		if got := d.String(); got != text {
			t.Errorf("printed %q, want %q", got, text)
		}
		if strings.Contains(text, "<c/>") && find(d.Nodes, "c") == nil && want[0] != '0' && !strings.Contains(want, "expression") {
			t.Errorf("%q: what is sound in it was not read", text)
		}
	}
}

func find(nodes []*policy.Node, name string) *policy.Node {
	for _, n := range nodes {
		if n.Name == name {
			return n
		}
		if c := find(n.Children, name); c != nil {
			return c
		}
	}
	return nil
}

func deep(tag string, n int) string { return strings.Repeat(tag, n) }

// corrupt are the files of the corpus that are garbled in themselves: in one, text in quotes was taken for attributes; in the other, an element is
// closed by the tag of another one.
var corrupt = map[string]bool{
	"Azure__api-management-policy-snippets__examples__Call_out_to_an_HTTP_endpoint_and_cache_the_response.policy.xml": true,
	"Azure-Samples__ai-hub-gateway-solution-accelerator__infra__modules__apim__policies__frag-llm-usage.xml":          true,
}

// corpus is where public policy files lie, with facts that were taken from them independently, where the project is developed.
func corpus() string {
	return cmp.Or(os.Getenv("CORPUS"), "../../../../shared/corpus")
}

func TestEveryPublicPolicyFileIsReadAndPrintedAlike(t *testing.T) {
	files, _ := filepath.Glob(filepath.Join(corpus(), "apim-*", "*.xml"))
	facts := factsOf(t)
	compared := 0
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		d := policy.Parse(string(text))
		if got := d.String(); got != string(text) {
			t.Errorf("%s is printed otherwise", f)
		}
		name := filepath.Base(f)
		if corrupt[name] {
			continue
		}
		if len(d.Problems) > 0 {
			t.Errorf("%s: %v", f, d.Problems)
		}
		for policy, want := range facts[name] {
			if got := count(d.Nodes, string(text), regexp.MustCompile("<"+policy+`\b`)); got != want {
				t.Errorf("%s has %d times %s, want %d", name, got, policy, want)
			}
			compared++
		}
	}
	if t.Logf("%d files, %d facts", len(files), compared); len(files) > 0 && compared < 200 {
		t.Errorf("only %d facts of %d files were compared", compared, len(files))
	}
}

// count is how many tags, also in comments, begin with a name: so the facts were taken.
func count(nodes []*policy.Node, text string, tag *regexp.Regexp) int {
	found := 0
	for _, n := range nodes {
		switch n.Kind {
		case policy.Element:
			if tag.MatchString("<" + n.Name + " ") {
				found++
			}
			found += count(n.Children, text, tag)
		case policy.Text, policy.Verbatim, policy.Instruction:
		case policy.Comment:
			found += len(tag.FindAllString(text[n.Start:n.End], -1))
		}
	}
	return found
}

// factsOf are how often policies stand in files, by the names of both.
func factsOf(t *testing.T) map[string]map[string]int {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(corpus(), "apim_policy_facts.tsv"))
	if err != nil {
		return nil
	}
	out := map[string]map[string]int{}
	for line := range strings.Lines(string(text)) {
		fields := strings.Split(strings.TrimSpace(line), "\t")
		counts := map[string]int{}
		for said := range strings.FieldsSeq(fields[len(fields)-1]) {
			name, number, _ := strings.Cut(said, ":")
			if n, err := strconv.Atoi(number); err == nil {
				counts[name] = n
			}
		}
		out[filepath.Base(fields[0])] = counts
	}
	return out
}

func TestReadingTakesTimeInProportionToTheLength(t *testing.T) {
	for _, piece := range []string{"@(", "@{", "<a ", "<!--", "<a b='", "</a", "&quot;", `<a b="@(`, "<a>", "$\"{", "{{", "<a>@(</a>", "</b>"} {
		text := strings.Repeat(piece, 400_000/len(piece))
		begin := time.Now()
		if got := policy.Parse(text).String(); got != text {
			t.Errorf("%q again and again is printed otherwise", piece)
		}
		policy.Parts(text)
		if took := time.Since(begin); took > 2*time.Second {
			t.Errorf("%q again and again took %s", piece, took)
		}
	}
}

func FuzzReadingLosesNothing(f *testing.F) {
	for _, text := range documents {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if got := policy.Parse(text).String(); got != text {
			t.Errorf("%q is printed as %q", text, got)
		}
		joined := ""
		for _, p := range policy.Parts(text) {
			joined += p.Text
		}
		if joined != text {
			t.Errorf("the parts of %q are %q together", text, joined)
		}
	})
}

func BenchmarkParse(b *testing.B) {
	text := "<policies><inbound><base/>" + strings.Repeat(documents["quotes of C# in an attribute"]+documents["generics and tags in text"], 10) + "</inbound></policies>"
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		policy.Parse(text)
	}
}
