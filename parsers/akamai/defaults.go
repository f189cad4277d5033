package akamai

import (
	"strings"

	"github.com/asrscheck/asrscheck/parsers/routing"
)

// optionDefault is what an option is where a rule tree leaves it out.
type optionDefault struct {
	value string
	// since is the first version of the rule format that has the option; empty for options that all versions have.
	since string
}

// optionDefaults are those of behaviors and criteria. The values are those of the samples "Default behavior" and "Default criterion" in the
// reference of Akamai's Terraform provider (techdocs.akamai.com/terraform/docs), which are the same in all rule formats from v2023-01-05 to
// v2026-06-09. The versions are those of the provider's schemas (akamai/terraform-provider-akamai, pkg/providers/property/ruleformats).
//
// Left out on purpose: forwardHostHeader, originSni and verificationMode of origin, enabled of most behaviors, and whatever else Property
// Manager asks for or older properties have otherwise. These are unknown where they are not set.
var optionDefaults = map[string]optionDefault{
	"origin.originType": {value: "CUSTOMER"}, "origin.httpPort": {value: "80"}, "origin.httpsPort": {value: "443"},
	"allowPost.allowWithoutContentLength":  {value: "false"},
	"httpStrictTransportSecurity.redirect": {value: "false"},
	"readTimeout.firstByteTimeout":         {value: "20s", since: "v2024-08-13"},
	"rewriteUrl.keepQueryString":           {value: "true"}, "rewriteUrl.matchMultiple": {value: "false"},
	"redirect.destinationProtocol": {value: "SAME_AS_REQUEST"}, "redirect.destinationHostname": {value: "SAME_AS_REQUEST"}, "redirect.queryString": {value: "APPEND"},

	"path.matchCaseSensitive": {value: "false"}, "path.normalize": {value: "false"},
	"filename.matchCaseSensitive": {value: "true"}, "fileExtension.matchCaseSensitive": {value: "false"},
	"requestHeader.matchCaseSensitiveValue": {value: "true"}, "requestHeader.matchWildcardValue": {value: "false"}, "requestHeader.matchWildcardName": {value: "false"},
	"requestCookie.matchCaseSensitiveValue": {value: "true"}, "requestCookie.matchWildcardValue": {value: "false"}, "requestCookie.matchWildcardName": {value: "false"},
	"queryStringParameter.matchCaseSensitiveName": {value: "true"}, "queryStringParameter.matchCaseSensitiveValue": {value: "true"},
	"queryStringParameter.matchWildcardName": {value: "false"}, "queryStringParameter.matchWildcardValue": {value: "false"}, "queryStringParameter.escapeValue": {value: "false"},
	"userAgent.matchCaseSensitive": {value: "false"}, "userAgent.matchWildcard": {value: "true"},
	"matchVariable.matchCaseSensitive": {value: "true"}, "matchVariable.matchWildcard": {value: "false"},
	"regularExpression.caseSensitive": {value: "true"},
}

// defaultOf is what an option is where it is not set; unset where nothing is documented, or where the rule format does not have the option.
func defaultOf(behavior, option, format string) routing.Value {
	d, ok := optionDefaults[behavior+"."+option]
	if !ok || d.since != "" && format < d.since {
		return routing.Value{}
	}
	return routing.DefaultOf(d.value, product)
}

// setting is an option, or its default. Versions of the rule format that lack the option are the caller's concern.
func (o behavior) setting(name string) routing.Value {
	return text(o.option(name)).Or(defaultOf(o.name, name, latest))
}

// switchedOn reports whether a boolean option is on, by itself or by default. None of the options of a criterion is unknown when it is asked.
func (o behavior) switchedOn(name string) bool {
	return isOn(flag(o.option(name)).Or(defaultOf(o.name, name, latest)))
}

// latest is the rule format without a version; it sorts after all versions.
const latest = "v~"

// isVersion reports whether a rule format names a version, as opposed to the latest one there is.
func isVersion(format string) bool {
	return strings.HasPrefix(format, "v2") && len(format) == len("v2024-08-13")
}
