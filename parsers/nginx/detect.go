package nginx

import (
	"regexp"
	"strings"
)

// detected is how much of a text is looked at to tell whether it is NGINX configuration.
const detected = 64 << 10

// signs are directives that hardly any other format begins a statement with.
var signs = map[string]bool{
	"http": true, "server": true, "upstream": true, "map": true, "location": true, "proxy_pass": true, "listen": true, "server_name": true, "events": true,
	"worker_processes": true, "proxy_set_header": true, "include": true, "log_format": true, "stream": true,
}

// isTemplate reports whether a text becomes NGINX configuration once its placeholders are filled: reading it says so.
func isTemplate(text string) bool {
	return mayBeTemplate(text) && templateLine.MatchString(text)
}

var templateLine = regexp.MustCompile(`(?m)^[ \t]*(?:location[ \t][^;\n]*\{|proxy_pass[ \t][^\n]*;|proxy_set_header[ \t][^\n]*;)[ \t]*$`)

// Detect reports whether a text is NGINX configuration or the output of nginx -T: all but a few of its statements are directives of
// NGINX, and some of them are typical.
func Detect(text string) bool {
	if IsDump(text) || isTemplate(text) {
		return true
	}
	text = text[:min(len(text), detected)]
	if at := strings.LastIndexByte(text, '\n'); len(text) == detected && at > 0 {
		text = text[:at]
	}
	alone := &dump{base: ".", files: map[string]string{"": text}, alone: true}
	tree, err := (&reader{from: alone, tree: &Tree{}, files: map[string]*File{}, lenient: true}).read("")
	if err != nil {
		return false
	}
	var typical, known, other int
	for d := range tree.Main.Statements() {
		name := d.Name()
		_, own := knownDirectives()[name]
		switch _, module := foreignEffect(name); {
		case signs[name] && (d.HasBlock() || d.Len() > 1):
			typical++
		case own, module, d.Len() == 0:
			known++
		default:
			other++
		}
	}
	return typical > 0 && other*5 <= typical+known
}
