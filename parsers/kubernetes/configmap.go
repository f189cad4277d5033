package kubernetes

import (
	"path"
	"slices"
	"strings"

	"github.com/asrscheck/asrscheck/parsers/nginx"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

// configMaps are the gateways of ConfigMaps that hold NGINX configuration. Where a key is mounted is not asked for: nginx.conf, or what
// has an http block, is a main file, and finds the other keys by their names.
func (c *cluster) configMaps(o Options) []*routing.Gateway {
	var out []*routing.Gateway
	for _, m := range c.of("ConfigMap", "") {
		mains, parts := configurations(m)
		others := texts(parts)
		for _, main := range mains {
			out = append(out, c.configured(m, main.key.Value, nginx.Texts{Main: asText(main), Others: others}, o)...)
		}
		if len(mains) == 0 && len(parts) > 0 {
			out = append(out, c.configured(m, "", nginx.Texts{Main: nginx.Text{Name: m.name, File: m.in.name}, Others: others}, o)...)
		}
	}
	return out
}

// configured reads the configuration in a ConfigMap.
func (c *cluster) configured(m object, key string, t nginx.Texts, o Options) []*routing.Gateway {
	tree, err := nginx.ParseTexts(t)
	if err != nil {
		c.problem(m.get("data").span(), routing.Unread, err.Error(), "Give the configuration itself.")
		return nil
	}
	g, err := nginx.Lower(tree, o.NginxVersion)
	if err != nil {
		c.problem(m.span(), routing.Unread, "use --nginx-version: "+err.Error(), "")
		return nil
	}
	for _, v := range append([]*routing.Gateway{g}, g.Variants...) {
		v.Name, v.Span = path.Join("configmap", m.name, key), m.get("metadata", "name").span()
	}
	return []*routing.Gateway{g}
}

// configurations are the keys of a ConfigMap that hold NGINX configuration: main files, and parts.
func configurations(m object) (mains, parts []value) {
	for name, v := range m.get("data").members() {
		if !mayBeConfiguration(name) || !nginx.Detect(v.text()) {
			continue
		}
		if nginx.PartOf(v.text()) == nginx.Whole {
			mains = append(mains, v)
			continue
		}
		parts = append(parts, v)
	}
	return mains, parts
}

// otherFiles are endings that NGINX configuration does not have.
var otherFiles = []string{".sh", ".json", ".yaml", ".yml", ".html", ".js", ".py", ".md", ".lua"}

func mayBeConfiguration(key string) bool {
	return !slices.Contains(otherFiles, strings.ToLower(path.Ext(key)))
}

func texts(values []value) []nginx.Text {
	var out []nginx.Text
	for _, v := range values {
		out = append(out, asText(v))
	}
	return out
}

// asText is a key as a file. Several keys of one name in different ConfigMaps do not meet.
func asText(v value) nginx.Text {
	return nginx.Text{Name: v.key.Value, Source: v.text(), File: v.in.name, At: v.places()}
}
