package appgateway

import (
	"slices"
	"strings"

	"github.com/asrscheck/asrscheck/parsers/azure"
	"github.com/asrscheck/asrscheck/parsers/internal/jsontree"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

// versions are the protocol versions that a policy can allow, oldest first.
var versions = []struct{ azure, name string }{
	{"tlsv1_0", "TLS1.0"}, {"tlsv1_1", "TLS1.1"}, {"tlsv1_2", "TLS1.2"}, {"tlsv1_3", "TLS1.3"},
}

// policies are the predefined policies' lowest versions ("TLS policy overview": predefined TLS policy).
var policies = map[string]string{
	"appgwsslpolicy20150501": "TLS1.0", "appgwsslpolicy20170401": "TLS1.1", "appgwsslpolicy20170401s": "TLS1.2",
	"appgwsslpolicy20220101": "TLS1.2", "appgwsslpolicy20220101s": "TLS1.2",
}

// minTLS is the lowest version of the whole gateway: of its policy, or of the predefined one that it says is its default.
// Documents of different years name different defaults, so without either it is unknown.
func (b *builder) minTLS() routing.Value {
	if v := policyMin(b.r.Child("sslPolicy")); v.IsSet() {
		return v
	}
	if v := predefined(b.r.Get("defaultPredefinedSslPolicy")); v.IsSet() {
		return v
	}
	return routing.UnknownOf("the export states no TLS policy, and the default depends on when the gateway was made: `az network application-gateway show` prints defaultPredefinedSslPolicy", b.r.Span())
}

// speaksHTTP2 reports whether clients may speak HTTP/2, at all listeners or at none.
func (b *builder) speaksHTTP2() bool { return azure.On(b.r.Get("enableHttp2")) }

// listenerMinTLS is that of a listener's own profile; unset where it has none.
func (b *builder) listenerMinTLS(listener azure.Object) routing.Value {
	profile := b.resolve(listener, "sslProfile", "sslProfiles")
	switch {
	case !profile.set():
		return routing.Value{}
	case !profile.found:
		return profile.value()
	}
	return policyMin(profile.Child("sslPolicy"))
}

// policyMin reads a policy: predefined by name, custom by its lowest version, or by the versions it disables, as old ones are.
func policyMin(policy azure.Object) routing.Value {
	if policy.Node.Kind() == jsontree.Unknown {
		return azure.Text(policy.Node)
	}
	if v := predefined(policy.Get("policyName")); v.IsSet() {
		return v
	}
	if v := azure.Text(policy.Get("minProtocolVersion")); v.IsSet() {
		return versionOf(v)
	}
	return lowestEnabled(policy.Get("disabledSslProtocols"))
}

func predefined(name *jsontree.Node) routing.Value {
	v := azure.Filled(name)
	if v.State() != routing.Known {
		return v
	}
	if lowest, ok := policies[strings.ToLower(v.Text())]; ok {
		return v.Became(lowest)
	}
	return routing.UnknownOf("the versions of TLS policy "+v.Text()+" are not known here", v.Span)
}

func versionOf(v routing.Value) routing.Value {
	if v.State() != routing.Known {
		return v
	}
	for _, version := range versions {
		if strings.EqualFold(v.Text(), version.azure) {
			return v.Became(version.name)
		}
	}
	return routing.UnknownOf("no TLS version is called "+v.Text(), v.Span)
}

func lowestEnabled(disabled *jsontree.Node) routing.Value {
	if disabled.Len() == 0 {
		return routing.Value{}
	}
	var off []string
	for n := range disabled.All() {
		off = append(off, strings.ToLower(n.Text()))
	}
	for _, version := range versions {
		if !slices.Contains(off, version.azure) {
			return azure.KnownAs(disabled, version.name)
		}
	}
	return azure.UnknownAs(disabled, "every TLS version is disabled")
}

// demandsCertificate says why a listener may turn clients away that show no certificate ("Overview of mutual authentication"); it is unset where
// the listener asks for none.
func (b *builder) demandsCertificate(listener azure.Object) routing.Value {
	profile := b.resolve(listener, "sslProfile", "sslProfiles")
	if !profile.found {
		if profile.set() {
			return routing.UnknownOf("whether the listener demands a client certificate is not known: "+profile.why, profile.at)
		}
		return routing.Value{}
	}
	trusted := profile.Get("trustedClientCertificates")
	if mode := profile.Child("clientAuthConfiguration").Get("verifyClientAuthMode"); strings.EqualFold(mode.Text(), "Passthrough") {
		return routing.Value{}
	}
	switch {
	case trusted.Kind() == jsontree.Unknown:
		return routing.UnknownOf("whether the listener demands a client certificate is not known: "+trusted.Text(), trusted.Span())
	case trusted.Len() == 0:
		return routing.Value{}
	}
	return routing.UnknownOf("the listener demands a client certificate; whether clients have one that it trusts is not known, and browsers ask people for it", trusted.Span())
}
