package apim

import (
	"slices"
	"strings"

	"github.com/asrscheck/asrscheck/parsers/routing"
)

func (l *lowering) rejected(s statement, codeFrom, otherwise string) *routing.Respond {
	status := l.attribute(s, codeFrom).Or(routing.DefaultOf(otherwise, s.Name))
	return &routing.Respond{Status: status, Label: s.Name + " turns it away", Span: s.span()}
}

// validateToken turns requests away whose token it does not accept ("Validate JWT", "Validate Microsoft Entra token"). Those of SignalR are signed
// with the service's access key by the app server: no issuer that publishes its keys has them.
func (l *lowering) validateToken(s statement) []routing.Step {
	rejected := l.rejected(s, "failed-validation-httpcode", "401")
	token := l.tokenIn(s)
	missing := routing.Arm{When: routing.Not{Cond: sent(token)}, Label: "no token for " + s.Name, Span: s.span(), Do: []routing.Step{rejected}}
	wrong := routing.Arm{When: routing.Always{}, Label: s.Name + " knows no issuer of SignalR's tokens", Span: s.span(), Do: []routing.Step{rejected}}
	if s.Name == "validate-jwt" && s.Child("openid-config") == nil {
		wrong.When = routing.Given{Value: routing.UnknownOf("whether the keys and claims of validate-jwt are those of SignalR's tokens", s.span())}
	}
	return []routing.Step{&routing.Match{Span: s.span(), Arms: []routing.Arm{missing, wrong}}}
}

func (l *lowering) tokenIn(s statement) routing.Expr {
	if a, ok := s.Attribute("token-value"); ok {
		return l.text(a.Value, s.at(a.Start, a.End))
	}
	if q := l.attribute(s, "query-parameter-name"); q.IsSet() {
		return routing.Read(routing.InArgument, q.Text())
	}
	header := l.attribute(s, "header-name").Or(routing.DefaultOf("Authorization", s.Name))
	return routing.Read(routing.InHeader, header.Text())
}

// validateCertificate wants a certificate of the client.
func (l *lowering) validateCertificate(s statement) []routing.Step {
	why := routing.UnknownOf("whether clients present the certificate that validate-client-certificate wants", s.span())
	return []routing.Step{maybe(why, "no valid client certificate", l.rejected(s, "failed-validation-httpcode", "401"))}
}

// checkHeader wants a header, with one of some values where it lists them ("Check HTTP header").
func (l *lowering) checkHeader(s statement) []routing.Step {
	name := l.attribute(s, "name")
	of := routing.Read(routing.InHeader, name.Text())
	fold := strings.EqualFold(l.attribute(s, "ignore-case").Text(), "true")
	var passes routing.Any
	for _, n := range s.inside() {
		if n.Name == "value" {
			text, start, end := n.Content()
			passes = append(passes, routing.Equal{Of: of, To: l.text(text, n.at(start, end)), Fold: fold})
		}
	}
	if len(passes) == 0 {
		passes = append(passes, sent(of))
	}
	if name.IsUnknown() {
		passes = routing.Any{routing.Given{Value: name}}
	}
	return []routing.Step{&routing.Match{Span: s.span(), Arms: []routing.Arm{
		{When: passes}, {When: routing.Always{}, Label: "check-header " + name.Text(), Span: s.span(), Do: []routing.Step{l.rejected(s, "failed-check-httpcode", "401")}},
	}}}
}

// ipFilter lets in, or keeps out, certain addresses ("Restrict caller IPs").
func (l *lowering) ipFilter(s statement) []routing.Step {
	why := routing.UnknownOf("whether your clients come from addresses that ip-filter lets in", s.span())
	return []routing.Step{maybe(why, "ip-filter", &routing.Respond{Status: routing.DefaultOf("403", "ip-filter"), Label: "ip-filter", Span: s.span()})}
}

// validateRequest turns away what the operation does not declare, where it prevents that ("Validate parameters").
func (l *lowering) validateRequest(s statement) []routing.Step {
	if l.section == "outbound" {
		return nil
	}
	if !l.prevents(s) {
		return nil
	}
	why := routing.UnknownOf("whether the operation declares all that SignalR clients send, which "+s.Name+" wants", s.span())
	return []routing.Step{maybe(why, s.Name, &routing.Respond{Status: routing.DefaultOf("400", s.Name), Label: s.Name, Span: s.span()})}
}

// validateContent reads bodies whole, and turns those away that it does not expect, where it prevents that ("Validate content"). Messages have the
// types text/plain and application/octet-stream, answers application/json too.
func (l *lowering) validateContent(s statement) []routing.Step {
	steps := l.wholeBody(s)
	if !l.prevents(s) {
		return steps
	}
	if l.section == "outbound" {
		why := routing.UnknownOf("whether validate-content lets the service's answers pass depends on their types and lengths, which its schemas speak of", s.span())
		return append(steps, set(answeredAs, routing.Lit{Value: why}, s.span()))
	}
	why := routing.UnknownOf("whether validate-content lets what clients send pass depends on its types, lengths and schemas", s.span())
	post := routing.Equal{Of: routing.ReadOriginal(routing.InMethod, ""), To: routing.Text("POST")}
	turned := &routing.Respond{Status: routing.DefaultOf("400", s.Name), Label: s.Name, Span: s.span()}
	return append(steps, &routing.Match{Span: s.span(), Arms: []routing.Arm{{When: post, Do: []routing.Step{maybe(why, s.Name, turned)}}}})
}

// prevents reports whether a validation may turn requests away: for all parameters, or in its elements for some.
func (l *lowering) prevents(s statement) bool {
	for _, name := range []string{"unspecified-parameter-action", "unspecified-header-action", "specified-parameter-action", "unspecified-content-type-action", "size-exceeded-action", "action"} {
		if v := l.attribute(s, name); v.IsUnknown() || v.Text() == "prevent" {
			return true
		}
	}
	return slices.ContainsFunc(s.inside(), l.prevents)
}
