package nginx

// misspelled is the directive of NGINX that a long name differs from in one letter; empty for none.
func misspelled(name string) string {
	if len(name) < 8 || len(name) > 64 {
		return ""
	}
	found := ""
	for known := range knownDirectives() {
		if oneLetterOff(name, known) && (found == "" || known < found) {
			found = known
		}
	}
	return found
}

// oneLetterOff reports whether two names differ by one letter put in, left out, changed, or by two neighbors swapped.
func oneLetterOff(a, b string) bool {
	if len(a) < len(b) {
		a, b = b, a
	}
	if len(a)-len(b) > 1 {
		return false
	}
	i := 0
	for i < len(b) && a[i] == b[i] {
		i++
	}
	if len(a) > len(b) {
		return a[i+1:] == b[i:]
	}
	if i == len(a) {
		return false
	}
	swapped := i+1 < len(a) && a[i] == b[i+1] && a[i+1] == b[i] && a[i+2:] == b[i+2:]
	return a[i+1:] == b[i+1:] || swapped
}

// isDirectiveName reports whether a word is one that a module may call a directive.
func isDirectiveName(s string) bool {
	for i := range len(s) {
		if !isNameByte(s[i]) {
			return false
		}
	}
	return s != ""
}
