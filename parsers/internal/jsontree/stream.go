package jsontree

import "io"

// Stream reads a text like Parse, but hands the items of long lists over one by one and keeps none of them: the items of a
// list that is the whole text, and of the lists that are members of the outermost object under one of the names given.
// Those lists are empty in the document that it returns.
//
// When Stream returns an error, the text is not whole, and what each was given must not be used.
func Stream(file string, text []byte, o Options, names []string, each func(*Node) error) (*Document, error) {
	return newParser(file, text, o).streamed(names, each)
}

// StreamFrom is Stream for a text that is read piece by piece, so that no more of it is in memory than one item. It is UTF-8; errors of
// the reader are returned as they are.
func StreamFrom(file string, from io.Reader, o Options, names []string, each func(*Node) error) (*Document, error) {
	o.KeepText = false
	p := newParser(file, nil, o)
	p.feed = newFeed(from, p.options, names)
	return p.streamed(names, each)
}

func (p *parser) streamed(names []string, each func(*Node) error) (*Document, error) {
	p.each, p.lists = each, map[string]bool{}
	for _, name := range names {
		p.lists[name] = true
	}
	root := new(Node)
	if err := p.document(root); err != nil {
		return nil, err
	}
	return &Document{Root: root, Duplicates: p.names.duplicates}, nil
}

func (p *parser) streams(n *Node) bool {
	if p.each == nil {
		return false
	}
	return len(p.open) == 0 || len(p.open) == 1 && p.lists[n.name]
}

// stream hands over the items of a list. Each has lines and names of its own, so that nothing of it stays behind.
func (p *parser) stream(n *Node) error {
	base, err := p.enter(n)
	src, names := p.src, p.names
	p.names = newNames()
	p.names.duplicates = names.duplicates
	for more := err == nil; more; {
		p.src = p.src.next()
		more, err = p.streamItem()
	}
	if err == nil {
		err = p.ahead(len(p.open) == 2) // the list is a member, behind which others come
	}
	src.resume(p.src)
	names.duplicates = p.names.duplicates
	p.src, p.names = src, names
	p.leave(base)
	return err
}

// mostNames bounds how many names of items are remembered, to keep each of them once.
const mostNames = 10_000

func (p *parser) streamItem() (bool, error) {
	if err := p.ahead(true); err != nil {
		return false, err
	}
	if done, err := p.closes(']'); done || err != nil {
		return false, err
	}
	if len(p.names.known) > mostNames {
		p.names = names{known: map[string]name{}, folded: map[string]uint32{}, duplicates: p.names.duplicates}
	}
	kept := p.values
	item := new(Node)
	if err := p.value(item); err != nil {
		return false, err
	}
	p.values = kept
	if err := p.each(item); err != nil {
		return false, err
	}
	return p.separator(']')
}

// Stretch is where an item of a list stands in a text that was streamed: enough to read it once more by itself.
type Stretch struct {
	File       string
	Start, End int64
	lineStart  uint32
	line       int
}

// Stretch is where the value stands.
func (n *Node) Stretch() Stretch {
	line, col := n.src.lineAndColumn(n.start)
	return Stretch{n.src.file, int64(n.start), int64(n.end), n.start - uint32(col-1), line} //nolint:gosec // columns are within the text
}

// Parse reads the value again. The text is that between the offsets.
func (s Stretch) Parse(text []byte, o Options) (*Document, error) {
	p := newParser(s.File, nil, o)
	p.text, p.base = text, int(s.Start)
	p.src.lines, p.src.first = []uint32{s.lineStart}, s.line-1
	root := new(Node)
	if err := p.document(root); err != nil {
		return nil, err
	}
	return &Document{Root: root, Duplicates: p.names.duplicates}, nil
}
