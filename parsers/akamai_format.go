package parsers

import (
	"github.com/asrscheck/asrscheck/parsers/akamai"
	"github.com/asrscheck/asrscheck/parsers/internal/jsontree"
)

var akamaiFormat = Format{
	Name: "akamai", Title: "Rule trees of Akamai Property Manager",
	recognizes: func(s source) bool { return akamai.Detect([]byte(head(s))) != akamai.None },
	together:   loadAkamai,
}

// loadAkamai reads rule trees as one: a tree in one file names includes in others.
func loadAkamai(all []source, o Options) loaded {
	var out loaded
	in := &akamai.Inputs{}
	for _, s := range all {
		doc, err := jsontree.Parse(s.name, s.data, jsontree.Options{})
		if err != nil {
			out.problems = append(out.problems, unreadable(s, err))
			continue
		}
		in.Add(doc.Root)
	}
	out.gateways = in.Gateways()
	return out
}
