package nginx

import (
	"errors"
	"strings"
)

// textBegins is the offset behind a byte order mark, or an error when the text cannot be NGINX configuration.
func textBegins(src string) (int, error) {
	switch {
	case strings.HasPrefix(src, "\xff\xfe"), strings.HasPrefix(src, "\xfe\xff"):
		return 0, errors.New("the file is UTF-16 text, which NGINX cannot read: save it as UTF-8")
	case strings.HasPrefix(src, "\xef\xbb\xbf"):
		return 3, nil
	case isBinary(src):
		return 0, errBinary
	}
	return 0, nil
}

// isBinary looks at the beginning of a file. NGINX accepts control characters, so that a few of them mean nothing.
func isBinary(src string) bool {
	head, odd := src[:min(len(src), 8192)], 0
	for i := range len(head) {
		if c := head[i]; c < ' ' && !isBlank(c) && c != '\f' && c != '\v' {
			odd++
		}
	}
	return odd > 3 && odd*20 > len(head)
}
