package kubernetes

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/asrscheck/asrscheck/parsers/routing"
)

// controllerVersion is NGINX in the releases of ingress-nginx from 1.12 to the last ones (its images/nginx/rootfs/build.sh).
const controllerVersion = "1.27.1"

// controller is ingress-nginx as it runs for one class.
type controller struct {
	*cluster
	class     string
	ingresses []object
	settings  value // data of the controller's ConfigMap
	given     bool  // that ConfigMap was given
	// snippets is set while snippets in annotations count.
	snippets bool
}

func newController(c *cluster, class string, ingresses []object) *controller {
	k := &controller{cluster: c, class: class, ingresses: ingresses}
	for _, m := range c.of("ConfigMap", "") {
		if isSettings(m) {
			k.settings, k.given = m.get("data"), true
			break
		}
	}
	return k
}

// settingsName is what the controller's ConfigMap is called by its chart and its manifests, now and formerly.
var settingsName = regexp.MustCompile(`^(?:.*ingress-nginx.*controller|nginx-configuration|nginx-ingress-controller|nginx-load-balancer-conf)$`)

func isSettings(m object) bool {
	if settingsName.MatchString(m.name) {
		return true
	}
	return !m.get("data", "allow-snippet-annotations").isZero() || !m.get("data", "use-forwarded-headers").isZero()
}

// setting is a value that an annotation or the ConfigMap sets. why is set where it is not known whether the ConfigMap does.
type setting struct {
	text string
	at   routing.Span
	why  string
}

// effective is what counts for a path: the annotation, else the ConfigMap. A value that is not valid counts as none, and keeps its place.
func (k *controller) effective(ing object, name string, valid func(string) bool) setting {
	var at routing.Span
	if v := ing.annotations().get(prefix + name); !v.isZero() {
		if valid(v.text()) {
			return setting{text: v.text(), at: v.span()}
		}
		at = v.span()
	}
	if v := k.settings.get(name); !v.isZero() && valid(v.text()) {
		return setting{text: v.text(), at: v.span()}
	}
	if !k.given {
		return setting{at: at, why: name + " is not set by an annotation, and the ConfigMap of the controller, which may set it, was not given"}
	}
	return setting{at: at}
}

// annotation is a valid annotation of ingress-nginx.
func annotation(ing object, name string, valid func(string) bool) value {
	if v := ing.annotations().get(prefix + name); !v.isZero() && valid(v.text()) {
		return v
	}
	return value{}
}

// isSet reports whether a boolean annotation or setting is true.
func isTrue(text string) bool {
	on, err := strconv.ParseBool(text)
	return err == nil && on
}

func isWord(s string) bool  { return s != "" && !strings.ContainsAny(s, "\r\n") }
func isInt(s string) bool   { _, err := strconv.Atoi(s); return err == nil }
func isBool(s string) bool  { _, err := strconv.ParseBool(s); return err == nil }
func isOnOff(s string) bool { return s == "on" || s == "off" }

var sizeForm = regexp.MustCompile(`^(?i)\d+[bkmg]?$`)

// snippetNames are the annotations that hold configuration.
var snippetNames = []string{"configuration-snippet", "server-snippet"}

// snippetsCount tells whether snippets in annotations count, as far as that is known: since 1.9 the ConfigMap must allow them, since 1.12
// it must also accept their risk.
func (k *controller) snippetsCount() (yes, known bool) {
	if !slices.ContainsFunc(k.ingresses, hasSnippet) {
		return true, true
	}
	allow := k.settings.get("allow-snippet-annotations").text()
	if k.given && !isTrue(allow) {
		return false, allow != "" // before 1.9 they counted unless this was false
	}
	return true, k.given && strings.EqualFold(k.settings.get("annotations-risk-level").text(), "Critical")
}

func hasSnippet(ing object) bool {
	return slices.ContainsFunc(snippetNames, func(name string) bool { return !ing.annotations().get(prefix + name).isZero() })
}

// gateway is the controller as a gateway. Where it is not known whether snippets count, the other case is a variant.
func (k *controller) gateway() *routing.Gateway {
	yes, known := k.snippetsCount()
	g := k.lowered(yes)
	if g == nil || known {
		return g
	}
	g.Version = snippetCase(yes)
	if other := k.lowered(!yes); other != nil {
		other.Version = snippetCase(!yes)
		g.Variants = append(g.Variants, other)
	}
	return g
}

func snippetCase(yes bool) string {
	if yes {
		return "a controller that accepts snippets in annotations"
	}
	return "a controller that ignores snippets in annotations"
}

func (k *controller) lowered(snippets bool) *routing.Gateway {
	k.snippets = snippets
	s := k.script()
	at := k.ingresses[0].get("metadata", "name").span()
	g, err := s.lower(at.File, controllerVersion)
	if err != nil {
		k.problem(at, routing.Unread, err.Error(), "")
		return nil
	}
	g.Kind, g.Name, g.Version, g.Span = "ingress-nginx", "ingress class "+k.class, "", at
	if k.class == "" {
		g.Name = "ingress " + k.ingresses[0].name
	}
	return g
}
