// Package kubernetes reads manifests: YAML or JSON as it is written, as kubectl prints it, and as Helm renders it. Of the objects in
// them it makes gateways:
//
//   - ConfigMaps that hold NGINX configuration: that configuration, in the lines of the manifest
//   - Ingresses of ingress-nginx: the configuration that the controller would write, with each line traced to the annotation, rule or
//     path that it comes from (github.com/kubernetes/ingress-nginx, rootfs/etc/nginx/template/nginx.tmpl)
//   - HTTPRoutes of the Gateway API (gateway-api.sigs.k8s.io): the rules, and as unknown what implementations decide
//
// An Ingress names Services, and a Service of type ExternalName names the host of the Azure SignalR Service; so the manifests of a run
// are read together.
package kubernetes
