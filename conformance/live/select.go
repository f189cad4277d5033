package live

import (
	"fmt"
	"slices"
	"strings"
)

// Selection says which of the cases run.
type Selection struct {
	IDs    []string // such as LIVE-WS-01, or the beginning of several: LIVE-WS; all when there are none
	Labels string   // in Ginkgo's words: "websocket && !slow"; all when empty
	Shard  Shard
}

// Shard is one part of a run that is split: Index of Count, from 1. The zero Shard is the whole.
type Shard struct{ Index, Count int }

// ParseShard reads "2/3".
func ParseShard(text string) (Shard, error) {
	var s Shard
	var rest string
	n, _ := fmt.Sscanf(text, "%d/%d%s", &s.Index, &s.Count, &rest)
	if n != 2 || s.Index < 1 || s.Index > s.Count {
		return Shard{}, fmt.Errorf("%q is no part of a whole such as 2/3", text)
	}
	return s, nil
}

// Cases are those that are selected, and those that they need to have held, in their order. The error says that an id names no case.
func (s Selection) Cases() ([]*Case, error) {
	picked := map[*Case]bool{}
	selects, err := labelFilter(s.Labels)
	if err != nil {
		return nil, err
	}
	for _, id := range s.IDs {
		if !slices.ContainsFunc(All, func(c *Case) bool { return asked(c, []string{id}) }) {
			return nil, fmt.Errorf("there is no case %q; --dry-run lists them", id)
		}
	}
	i := 0
	for _, c := range All {
		if !asked(c, s.IDs) || !selects(c.labels()) {
			continue
		}
		if s.Shard.Count == 0 || i%s.Shard.Count == s.Shard.Index-1 {
			pick(c, picked)
		}
		i++
	}
	return slices.DeleteFunc(slices.Clone(All), func(c *Case) bool { return !picked[c] }), nil
}

func asked(c *Case, ids []string) bool {
	return len(ids) == 0 || slices.ContainsFunc(ids, func(id string) bool { return c.ID == id || strings.HasPrefix(c.ID, strings.TrimSuffix(id, "-")+"-") })
}

func pick(c *Case, picked map[*Case]bool) {
	picked[c] = true
	for _, id := range c.Needs {
		if need := ByID(id); !picked[need] {
			pick(need, picked)
		}
	}
}
