package routing

import (
	"fmt"
	"regexp"
	"strconv"
)

// Pattern is a regular expression of a configuration.
type Pattern struct {
	source string
	re     *regexp.Regexp
}

// NewPattern compiles a regular expression as PCRE-based products write it. What Go's engine cannot express (look-around,
// back-references, possessive quantifiers) is an error: the caller lowers it to an unknown condition.
func NewPattern(source string, fold bool) (*Pattern, error) {
	expr := source
	if fold {
		expr = "(?i)" + expr
	}
	re, err := regexp.Compile(expr)
	if err != nil {
		return nil, fmt.Errorf("regular expression %q cannot be evaluated: %w", source, err)
	}
	return &Pattern{source: source, re: re}, nil
}

// String is the expression as it was written.
func (p *Pattern) String() string { return p.source }

// MatchString reports whether the expression matches somewhere in the text.
func (p *Pattern) MatchString(s string) bool { return p.re.MatchString(s) }

// match returns the groups by number and by name, or nil.
func (p *Pattern) match(s string) map[string]string {
	m := p.re.FindStringSubmatch(s)
	if m == nil {
		return nil
	}
	groups := make(map[string]string, len(m))
	for i, name := range p.re.SubexpNames() {
		groups[strconv.Itoa(i)] = m[i]
		if name != "" {
			groups[name] = m[i]
		}
	}
	return groups
}
