package routing

// asked are the parts of the request as it came in that programs ask for again and again: they are cut out of it once.
type asked struct {
	path, query, host string
	start             start // of the path
}

func askedBy(req *Request) asked {
	a := asked{path: req.Path(), query: req.Query(), host: HostName(req.Authority())}
	a.start = beginningOf(a.path)
	return a
}

// text is what an expression comes out as; unknown says why that is not known. Conditions want no more of it, and are most of what a long
// program does: what they ask for most often is found without making a value of it.
func (f *flight) text(e Expr) (text string, unknown *Value) {
	switch e := e.(type) {
	case Lit:
		if e.state != Unknown {
			return e.Text(), nil
		}
	case Part:
		if s, ok := f.asks(e); ok {
			return s, nil
		}
	}
	v := e.eval(f)
	if v.IsUnknown() {
		because := v
		return "", &because
	}
	return v.text, nil
}

// asks is a part of the request as it came in that is always known; ok is false for others.
func (f *flight) asks(e Part) (text string, ok bool) {
	if !e.Original {
		return "", false
	}
	switch e.Of.Kind {
	case InPath:
		return f.asked.path, true
	case InQuery:
		return f.asked.query, true
	case InHost:
		return f.asked.host, true
	case InMethod:
		return f.req.Method, true
	case InScheme:
		return f.req.Scheme, true
	default:
		return "", false
	}
}
