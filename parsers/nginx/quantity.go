package nginx

import (
	"math"
	"strconv"
	"time"
)

// timeUnits are the units of ngx_parse_time in the order in which they may follow each other.
var timeUnits = []struct {
	unit  string
	scale time.Duration
}{
	{"y", 365 * 24 * time.Hour},
	{"M", 30 * 24 * time.Hour},
	{"w", 7 * 24 * time.Hour},
	{"d", 24 * time.Hour},
	{"h", time.Hour},
	{"ms", time.Millisecond},
	{"m", time.Minute},
	{"s", time.Second},
	{" ", time.Second},
}

// rank orders the units: minutes come before seconds, milliseconds last.
var rank = map[string]int{"y": 1, "M": 2, "w": 3, "d": 4, "h": 5, "m": 6, "s": 7, "ms": 8, " ": 9}

// parseTime reads a time as ngx_parse_time does (NGINX src/core/ngx_parse.c): "1m30s", "100" (seconds), "500ms". NGINX knows years
// and milliseconds each in one of its two kinds of times only; both are read here.
func parseTime(s string) (time.Duration, bool) {
	var total time.Duration
	last := 0
	for s != "" {
		n, rest, ok := leadingNumber(s)
		if !ok {
			return 0, false
		}
		scale, rest, r := unitOf(rest)
		if r <= last || n > int64(math.MaxInt64/scale) {
			return 0, false
		}
		last = r
		part := time.Duration(n) * scale
		if total > math.MaxInt64-part {
			return 0, false
		}
		total += part
		for rest != "" && rest[0] == ' ' {
			rest = rest[1:]
		}
		s = rest
	}
	return total, last > 0
}

// unitOf is the scale of the unit that s begins with, and how far it stands in the order of units; 0 for no unit.
func unitOf(s string) (scale time.Duration, rest string, order int) {
	if s == "" {
		return time.Second, "", rank[" "]
	}
	for _, u := range timeUnits {
		if len(s) >= len(u.unit) && s[:len(u.unit)] == u.unit {
			return u.scale, s[len(u.unit):], rank[u.unit]
		}
	}
	return 1, s, 0
}

func leadingNumber(s string) (n int64, rest string, ok bool) {
	i := 0
	for i < len(s) && s[i] >= '0' && s[i] <= '9' {
		i++
	}
	n, err := strconv.ParseInt(s[:i], 10, 64)
	return n, s[i:], err == nil
}

// parseSize reads a size as ngx_parse_offset does: bytes, or with k, m or g. ngx_parse_size knows no g; where that matters NGINX
// refuses the configuration.
func parseSize(s string) (int64, bool) {
	n, rest, ok := leadingNumber(s)
	if !ok {
		return 0, false
	}
	scale := int64(0)
	switch rest {
	case "":
		scale = 1
	case "k", "K":
		scale = 1 << 10
	case "m", "M":
		scale = 1 << 20
	case "g", "G":
		scale = 1 << 30
	}
	if scale == 0 || n > math.MaxInt64/scale {
		return 0, false
	}
	return n * scale, true
}

// parseFlag reads on or off as ngx_conf_set_flag_slot does.
func parseFlag(s string) (on, ok bool) {
	switch lower(s) {
	case "on":
		return true, true
	case "off":
		return false, true
	}
	return false, false
}

// lower folds ASCII letters only, as ngx_strlow does.
func lower(s string) string {
	for i := range len(s) {
		if 'A' <= s[i] && s[i] <= 'Z' {
			b := []byte(s)
			for j := i; j < len(b); j++ {
				if 'A' <= b[j] && b[j] <= 'Z' {
					b[j] += 'a' - 'A'
				}
			}
			return string(b)
		}
	}
	return s
}
