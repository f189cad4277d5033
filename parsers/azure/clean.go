package azure

import (
	"strings"

	"github.com/asrscheck/asrscheck/parsers/internal/jsontree"
	"github.com/asrscheck/asrscheck/parsers/internal/redact"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

// certificates are the collections whose items hold key material in "data" and "password".
var certificates = map[string]bool{
	"sslcertificates": true, "trustedrootcertificates": true, "trustedclientcertificates": true, "authenticationcertificates": true,
	"sslcertificate": true, "trustedrootcertificate": true, "trustedclientcertificate": true, "authenticationcertificate": true,
}

// plainName is a name as these maps have it: primary_access_key in Terraform is primaryAccessKey in Azure Resource Manager.
func plainName(name string) string { return strings.ToLower(strings.ReplaceAll(name, "_", "")) }

// secretNames are members that hold a secret wherever they stand.
var secretNames = map[string]string{
	"password": "password", "adminpassword": "password", "clientsecret": "client secret", "accesskey": "access key",
	"primarykey": "access key", "secondarykey": "access key", "primaryaccesskey": "access key", "secondaryaccesskey": "access key",
}

// clean redacts what an export holds.
func (r *reader) clean(n *jsontree.Node) { r.redact(n, false) }

// redact takes the secrets out of all strings below a node.
func (r *reader) redact(n *jsontree.Node, inCertificates bool) {
	switch n.Kind() {
	case jsontree.String, jsontree.Unknown:
		r.redactText(n, inCertificates)
	case jsontree.Object, jsontree.List:
		inCertificates = inCertificates || certificates[plainName(n.Name())]
		for child := range n.All() {
			r.redact(child, inCertificates)
		}
	default:
	}
}

func (r *reader) redactText(n *jsontree.Node, inCertificates bool) {
	clean, what := redact.String(n.Text())
	if n.Kind() == jsontree.String && clean != "" && clean != redact.Mark {
		if whole := secretByName(n.Name(), inCertificates); whole != "" {
			clean, what = redact.Mark, whole
		}
	}
	if what != "" {
		r.secret(n, what, clean)
	}
}

func secretByName(name string, inCertificates bool) string {
	name = plainName(name)
	if inCertificates && name == "data" {
		return "certificate"
	}
	return secretNames[name]
}

// secret notes a secret and puts what may be kept in its place.
func (r *reader) secret(n *jsontree.Node, what, clean string) {
	r.report.Secrets = append(r.report.Secrets, Secret{what, n.Span()})
	if n.Kind() == jsontree.Unknown {
		n.SetUnknown(clean)
		return
	}
	n.SetString(clean)
}

// hideNamedValue redacts a named value of API Management that says of itself that it is secret.
func (r *reader) hideNamedValue(res *Resource) {
	if !res.Is(APIManagement+"/namedValues") && !res.Is(APIManagement+"/properties") || !On(res.Get("secret")) {
		return
	}
	if value := res.Get("value"); value.Kind() == jsontree.String && value.Text() != "" && value.Text() != redact.Mark {
		r.secret(value, "named value", redact.Mark)
	}
}

// hideSecure redacts every string below the default value of a secure parameter, whatever it looks like.
func (r *reader) hideSecure(n *jsontree.Node) {
	if n.Kind() == jsontree.String && n.Text() != "" && n.Text() != redact.Mark {
		r.secret(n, "secure parameter", redact.Mark)
	}
	for child := range n.All() {
		r.hideSecure(child)
	}
}

// problemAt is a problem at the place of a value's name, or of the value where it has none.
func problemAt(n *jsontree.Node, p routing.Problem) routing.Problem {
	if p.Span = n.NameSpan(); p.Span.IsZero() {
		p.Span = n.Span()
	}
	return p
}
