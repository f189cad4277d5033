package kubernetes

// Configuration is NGINX configuration as files by name: what a real NGINX can be given. The parts that nginx.conf includes lie in
// conf.d.
type Configuration struct {
	Name  string
	Files map[string]string
}

// Configurations are the NGINX configurations that manifests hold in ConfigMaps, and those that controllers of ingress-nginx would write
// but for Lua: in its place stand an upstream block for each Service, and returns for its redirects.
func Configurations(files []File) []Configuration {
	r := &reader{}
	for _, f := range files {
		r.file(f)
	}
	c := newCluster(r)
	var out []Configuration
	for _, m := range c.of("ConfigMap", "") {
		mains, parts := configurations(m)
		for _, main := range mains {
			one := Configuration{m.name, map[string]string{"nginx.conf": main.text()}}
			for _, p := range parts {
				one.Files["conf.d/"+p.key.Value] = p.text()
			}
			out = append(out, one)
		}
	}
	for _, k := range c.controllers() {
		k.snippets, _ = k.snippetsCount()
		out = append(out, Configuration{k.class, map[string]string{"nginx.conf": k.script().b.String()}})
	}
	return out
}
