package jsontree

import (
	"errors"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"
)

// handed is all that came of streaming a text, as one comparable text.
func handed(stream func(func(*Node) error) (*Document, error)) string {
	var b strings.Builder
	doc, err := stream(func(n *Node) error {
		b.WriteString(drawnAt(n) + "\n")
		return nil
	})
	if err != nil {
		return err.Error() // what was handed over must not be used
	}
	return b.String() + drawnAt(doc.Root) + fmt.Sprint(doc.Duplicates)
}

func drawnAt(n *Node) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%q %d %q %v %v(", n.Name(), n.Kind(), n.Text(), n.Span(), n.NameSpan())
	for child := range n.All() {
		b.WriteString(drawnAt(child))
	}
	return b.String() + ")"
}

var listNames = []string{"value", "data"}

// inPieces compares reading a text piece by piece with reading it as a whole.
func inPieces(t *testing.T, text string, chunk int) {
	t.Helper()
	o := Options{MaxDepth: 20, chunk: chunk}
	whole := handed(func(each func(*Node) error) (*Document, error) {
		return Stream("x.json", []byte(text), o, listNames, each)
	})
	pieces := handed(func(each func(*Node) error) (*Document, error) {
		return StreamFrom("x.json", iotest.HalfReader(strings.NewReader(text)), o, listNames, each)
	})
	if whole != pieces {
		t.Errorf("%.200q gives in pieces of %d\n%s\nand as a whole\n%s", text, chunk, pieces, whole)
	}
}

var texts = []string{
	"", " ", "[", "{", "[]", "{}", "[1]", "[1,]", "true", "tru", `"a`, `"a\u0041"`, "12", "-", "\xef\xbb\xbf[1,\n2]", "\xef\xbb\xbf",
	"[{\"a\":1},\n[2]]  ", "[{\"a\":1},\n[2]]  x", "[1] // end\n", "[1] /* end */", "[1] /* end", "[1] /", "/* head */ [1, /* , ] */ 2, // ]\n 3]",
	"{\"count\":1,\n\"data\":[\n{\"a\":[{\"b\":\n1}]},\n\n{\"a\":2}],\n\n\"skip\":null, \"x\": [1,2]}\n", `{"data":{"a":[1]},"value":[1,[2],{"data":[3]}]}`,
	`{"dat\u0061":[1,2,3],"data":[4]}`, `{"x":{"data":[1,2]},"Data":[1]}`, `[{"a":1,"A":2},{"a":1,"a":2}]`, `{"a":1,"data":[{"a":1}],"a":2}`,
	"[\"two\nlines\", 1 2]", "{\"data\":[\"two\nlines\"], x}", `["a\"]", "\\", {"]": "["}]`, `[1}`, `{"data":[1}]`, `[{"a":[1,2}]`, `{"a" 1}`, `{"a"::1}`, `['a']`, `[tru]`,
	strings.Repeat("[", 30), `[` + strings.Repeat(`{"name":"value",`+"\n"+`"list":[1,2,3]},`, 40) + `]`, "[1]\x00", "[\x00]", "{\"data\"\n:\n[1\n,\n2\n]\n}",
}

func TestReadingInPiecesGivesWhatReadingAsAWholeGives(t *testing.T) {
	for _, text := range texts {
		for _, chunk := range []int{1, 2, 3, 7, 64, 4096} {
			inPieces(t, text, chunk)
		}
		for cut := range min(len(text), 80) {
			inPieces(t, text[:cut], 5)
		}
	}
}

func FuzzReadingInPieces(f *testing.F) {
	for _, text := range texts {
		f.Add(text, 3)
	}
	f.Fuzz(func(t *testing.T, text string, chunk int) {
		if strings.HasPrefix(text, "\xff\xfe") || strings.HasPrefix(text, "\xfe\xff") {
			return // who streams takes UTF-8
		}
		inPieces(t, text, 1+max(0, chunk)%1000)
	})
}

func TestAnItemIsReadAgainByItself(t *testing.T) {
	text := "\xef\xbb\xbf{\"count\":2, \"data\":[\n  {\"a\":1}, {\"b\":[\n\"x\",\n {\"c\":2}]}\n]}"
	var stretches []Stretch
	var drawn []string
	_, err := StreamFrom("x.json", strings.NewReader(text), Options{chunk: 4}, listNames, func(n *Node) error {
		stretches, drawn = append(stretches, n.Stretch()), append(drawn, drawnAt(n))
		return nil
	})
	if err != nil || len(stretches) != 2 {
		t.Fatal(err, stretches)
	}
	for i, s := range stretches {
		doc, err := s.Parse([]byte(text[s.Start:s.End]), Options{})
		if err != nil {
			t.Fatal(err)
		}
		if again := drawnAt(doc.Root); again != drawn[i] {
			t.Errorf("item %d is read as\n%s\nand again as\n%s", i, drawn[i], again)
		}
	}
}

func TestOnlyOneItemIsInMemory(t *testing.T) {
	item := `{"name":"` + strings.Repeat("x", 1<<16) + `"},` + "\n"
	const items = 1000
	text := strings.NewReader("[" + strings.Repeat(item, items) + "{}]")
	var most uint64
	before := heap()
	_, err := StreamFrom("x.json", text, Options{}, nil, func(n *Node) error {
		if n.Span().Line%100 == 0 {
			most = max(most, heap())
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if most > before+4<<20 {
		t.Errorf("%d bytes are held for items of %d bytes", most-before, len(item))
	}
}

// heap is how many bytes are in use.
func heap() uint64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

func TestAnErrorOfTheReaderIsReturned(t *testing.T) {
	broken := errors.New("broken pipe")
	_, err := StreamFrom("x.json", iotest.ErrReader(broken), Options{}, nil, func(*Node) error { return nil })
	if !errors.Is(err, broken) {
		t.Errorf("the error is %v", err)
	}
	text := "[" + strings.Repeat("1,", 100)
	if _, err = StreamFrom("x.json", strings.NewReader(text), Options{MaxBytes: 50, chunk: 10}, nil, func(*Node) error { return nil }); err == nil || !strings.Contains(err.Error(), "longer than 50 bytes") {
		t.Errorf("a text that is too long gives %v", err)
	}
}
