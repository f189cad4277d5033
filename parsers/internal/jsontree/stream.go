package jsontree

// Stream reads a text like Parse, but hands the items of long lists over one by one and keeps none of them: the items of a
// list that is the whole text, and of the lists that are members of the outermost object under one of the names given.
// Those lists are empty in the document that it returns.
//
// When Stream returns an error, the text is not whole, and what each was given must not be used.
func Stream(file string, text []byte, o Options, names []string, each func(*Node) error) (*Document, error) {
	p := newParser(file, text, o)
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

func (p *parser) stream(n *Node) error {
	base, err := p.enter(n)
	for more := err == nil; more; {
		more, err = p.streamItem()
	}
	p.leave(base)
	return err
}

func (p *parser) streamItem() (bool, error) {
	if done, err := p.closes(']'); done || err != nil {
		return false, err
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
