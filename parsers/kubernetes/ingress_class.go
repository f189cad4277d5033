package kubernetes

import (
	"strings"

	"github.com/asrscheck/asrscheck/parsers/routing"
)

// prefix begins the annotations of ingress-nginx.
const prefix = "nginx.ingress.kubernetes.io/"

// ingressNginx is how an IngressClass names the controller (ingress-nginx, "Basic usage").
const ingressNginx = "k8s.io/ingress-nginx"

// controllers are other controllers by the prefixes of their annotations, and what people call them.
var controllers = []struct{ prefix, title string }{
	{"appgw.ingress.kubernetes.io/", "the Application Gateway Ingress Controller"},
	{"nginx.org/", "F5's NGINX Ingress Controller"},
	{"nginx.com/", "F5's NGINX Ingress Controller"},
	{"traefik.ingress.kubernetes.io/", "Traefik"},
	{"haproxy.org/", "HAProxy"},
	{"haproxy-ingress.github.io/", "HAProxy Ingress"},
	{"konghq.com/", "Kong"},
	{"alb.ingress.kubernetes.io/", "the AWS Load Balancer Controller"},
}

// className is the class of an Ingress (Kubernetes, "Ingress class").
func className(ing object) value {
	if v := ing.get("spec", "ingressClassName"); v.text() != "" {
		return v
	}
	return ing.annotations().get("kubernetes.io/ingress.class")
}

// controllerOf tells whose an Ingress is: ours is set for ingress-nginx, else title names another controller; both are empty when it
// cannot be told.
func (c *cluster) controllerOf(ing object) (ours bool, title string) {
	class := className(ing).text()
	if o, ok := c.ingressClass(class); ok {
		if named := o.get("spec", "controller").text(); named != "" {
			return named == ingressNginx, named
		}
	}
	mine := false
	for name := range ing.annotations().members() {
		mine = mine || strings.HasPrefix(name, prefix)
		for _, other := range controllers {
			if strings.HasPrefix(name, other.prefix) {
				title = other.title
			}
		}
	}
	switch {
	case strings.Contains(class, "nginx") && (mine || title == ""), class == "" && mine:
		return true, ""
	case title == "" && class != "":
		title = "the controller of the class " + class
	}
	return false, title
}

// ingressClass is the IngressClass of a name, or the default one for none.
func (c *cluster) ingressClass(name string) (object, bool) {
	for _, o := range c.of("IngressClass", "networking.k8s.io") {
		isDefault := o.get("metadata", "annotations", "ingressclass.kubernetes.io/is-default-class").text() == "true"
		if name != "" && o.name == name || name == "" && isDefault {
			return o, true
		}
	}
	return object{}, false
}

// ingresses are the gateways that the controllers of ingress-nginx are.
func (c *cluster) ingresses() []*routing.Gateway {
	var out []*routing.Gateway
	for _, k := range c.controllers() {
		if g := k.gateway(); g != nil {
			out = append(out, g)
		}
	}
	return out
}

// controllers are those of ingress-nginx, one for each class.
func (c *cluster) controllers() []*controller {
	var order []string
	byClass := map[string][]object{}
	for _, ing := range c.of("Ingress", "networking.k8s.io", "extensions") {
		ours, title := c.controllerOf(ing)
		if !ours {
			c.notOurs(ing, title)
			continue
		}
		class := className(ing).text()
		if byClass[class] == nil {
			order = append(order, class)
		}
		byClass[class] = append(byClass[class], ing)
	}
	var out []*controller
	for _, class := range order {
		out = append(out, newController(c, class, byClass[class]))
	}
	return out
}

// notOurs says that an Ingress of another controller is not judged, where it leads out of the cluster.
func (c *cluster) notOurs(ing object, title string) {
	for _, p := range pathsOf(ing) {
		if !c.service(ing.namespace, p.service, p.port, p.at).external() {
			continue
		}
		at, message := className(ing).span(), "this Ingress is for "+title+", which is not read here: it is not judged"
		fix := "Give the configuration of that proxy itself, such as the export of the Application Gateway."
		if title == "" {
			at, message = ing.get("metadata", "name").span(), "the class of this Ingress is not known: it is not judged"
			fix = "Set spec.ingressClassName, or give the default IngressClass too."
		}
		if at.IsZero() {
			at = ing.get("metadata", "name").span()
		}
		c.problem(at, routing.NotWhole, message, fix)
		return
	}
}
