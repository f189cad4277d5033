package parsers

import (
	"github.com/asrscheck/asrscheck/parsers/kubernetes"
)

var kubernetesFormat = Format{
	Name: "kubernetes", Title: "Kubernetes manifests with ConfigMaps, Ingresses of ingress-nginx, HTTPRoutes",
	recognizes: func(s source) bool { return kubernetes.Detect([]byte(head(s))) },
	together:   loadKubernetes,
}

// loadKubernetes reads manifests as one: an Ingress in one file names a Service in another.
func loadKubernetes(all []source, o Options) loaded {
	files := make([]kubernetes.File, len(all))
	for i, s := range all {
		files[i] = kubernetes.File{Name: s.name, Data: s.data}
	}
	read := kubernetes.Read(files, kubernetes.Options{NginxVersion: o.NginxVersion})
	return loaded{gateways: read.Gateways, problems: read.Problems, items: read.Items}
}
