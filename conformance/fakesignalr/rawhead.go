package fakesignalr

import "strings"

// maxFields bounds the header lines of one record.
const maxFields = 256

// rawHead is a request head split into its parts, nothing normalized.
type rawHead struct {
	method, target, proto string
	fields                []Field
	cut                   bool // there were more lines
}

// parseHead never fails: what does not look like a request line or a header line is kept as far as it goes.
func parseHead(head []byte) rawHead {
	first, rest, _ := strings.Cut(string(head), "\n")
	var h rawHead
	h.method, h.target, _ = strings.Cut(strings.TrimSuffix(first, "\r"), " ")
	if space := strings.LastIndexByte(h.target, ' '); space >= 0 {
		h.target, h.proto = h.target[:space], h.target[space+1:]
	}
	for line := range strings.SplitSeq(rest, "\n") {
		h.add(strings.TrimSuffix(line, "\r"))
	}
	return h
}

func (h *rawHead) add(line string) {
	if line == "" {
		return
	}
	if len(h.fields) >= maxFields {
		h.cut = true
		return
	}
	folded := line[0] == ' ' || line[0] == '\t'
	if folded && len(h.fields) > 0 {
		last := &h.fields[len(h.fields)-1]
		last.Value += " " + strings.TrimSpace(line)
		return
	}
	name, value, _ := strings.Cut(line, ":")
	h.fields = append(h.fields, Field{name, strings.Trim(value, " \t")})
}

func (h rawHead) values(name string) []string {
	var values []string
	for _, f := range h.fields {
		if strings.EqualFold(strings.TrimSpace(f.Name), name) {
			values = append(values, f.Value)
		}
	}
	return values
}
