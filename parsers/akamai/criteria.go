package akamai

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/asrscheck/asrscheck/parsers/internal/jsontree"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

// conditions are the criteria that the model has words for, by name. They ask about the request as the client sent it.
var conditions map[string]func(*builder, behavior) routing.Cond

func init() { //nolint:gochecknoinits // the functions lead back to this table
	conditions = map[string]func(*builder, behavior) routing.Cond{
		"path": (*builder).pathIs, "hostname": (*builder).hostIs, "queryStringParameter": (*builder).parameterIs,
		"requestHeader": (*builder).headerIs, "requestCookie": (*builder).cookieIs, "userAgent": (*builder).agentIs,
		"requestMethod": (*builder).methodIs, "requestProtocol": (*builder).protocolIs, "fileExtension": (*builder).extensionIs,
		"filename": (*builder).fileIs, "clientIp": (*builder).clientIs, "clientIpVersion": (*builder).versionIs, "matchVariable": (*builder).variableIs,
		"regularExpression": (*builder).expressionMatches, "requestType": (*builder).typeIs, "contentDeliveryNetwork": (*builder).networkIs,
		"random": (*builder).chance, "cacheability": (*builder).cacheabilityIs, "originTimeout": (*builder).timedOut, "matchResponseCode": (*builder).statusIs,
	}
}

// reasons are why other criteria cannot be decided.
var reasons = map[string]string{
	"bucket":          "a share of the requests; whether those of one client are picked alike is not documented",
	"cloudletsOrigin": "which origin a Cloudlet picks stands in its policy, which is not in the property",
	"contentType":     answers, "responseHeader": answers,
	"edgeWorkersFailure":   "whether an EdgeWorker fails is not in the property",
	"matchAdvanced":        "what the XML of an advanced match asks cannot be told by reading",
	"metadataStage":        "at which stage a rule applies is asked in the terms of Akamai's metadata",
	"userLocation":         "where the client is depends on its address and on Akamai's database",
	"userNetwork":          "which network the client is in depends on its address and on Akamai's database",
	"serverLocation":       "which edge server takes the request depends on where the client is",
	"deviceCharacteristic": "which device the client has depends on Akamai's database",
	"time":                 "depends on the time of the request",
	"variableError":        "whether setting a variable fails is not modeled",
	"tokenAuthorization":   "depends on a token of Akamai's, which clients of SignalR do not send",
	"clientCertificate":    "depends on the client's certificate",
}

const (
	answers = "depends on the answer"
)

// criteria hold all, or any of them where the rule says so. A rule without any applies always.
func (b *builder) criteria(r *jsontree.Node) routing.Cond {
	list := r.Get("criteria")
	if list.Kind() == jsontree.Unknown {
		return routing.Given{Value: text(list)}
	}
	var all []routing.Cond
	for n := range list.All() {
		all = append(all, b.criterion(behavior{name: n.Get("name").Text(), node: n, rule: nameOf(r)}))
	}
	mode := text(r.Get("criteriaMustSatisfy"))
	switch {
	case len(all) == 0:
		return routing.Always{}
	case len(all) == 1:
		return all[0]
	case mode.IsUnknown():
		return routing.Given{Value: mode}
	case strings.EqualFold(mode.Text(), "any"):
		return routing.Any(all)
	}
	return routing.All(all)
}

func (b *builder) criterion(o behavior) routing.Cond {
	if o.node.Kind() == jsontree.Unknown {
		return routing.Given{Value: text(o.node)}
	}
	options := o.node.Get("options")
	if options.Kind() == jsontree.Unknown {
		return routing.Given{Value: text(options)}
	}
	for n := range options.All() { // none of them has a value that the criterion could be asked with
		if n.Kind() == jsontree.Unknown {
			return routing.Given{Value: text(n)}
		}
	}
	if is, ok := conditions[o.name]; ok {
		return is(b, o)
	}
	return routing.Given{Value: routing.UnknownOf(notAsked(o.name), o.at())}
}

// notAsked is why it cannot be decided whether a criterion of that name holds; empty where it can, as far as its options go.
func notAsked(name string) string {
	if _, ok := conditions[name]; ok {
		return ""
	}
	why, ok := reasons[name]
	if !ok {
		why = "what it asks is not modeled"
	}
	return openCriterion(name, why)
}

func openCriterion(name, why string) string { return fmt.Sprintf("the criterion %.40q: %s", name, why) }

// cannotTell is a criterion that may hold or not.
func (o behavior) cannotTell(why string) routing.Cond {
	return routing.Given{Value: routing.UnknownOf(openCriterion(o.name, why), o.at())}
}

// negated reports whether the operator asks for the contrary: IS_NOT_ONE_OF, DOES_NOT_EXIST.
func (o behavior) negated() bool {
	operator := text(o.option("matchOperator")).Text()
	return strings.HasPrefix(operator, "IS_NOT") || strings.HasPrefix(operator, "DOES_NOT") || strings.Contains(operator, "NOT_ONE_OF")
}

// asked is a condition, or its contrary where the operator is negated.
func (o behavior) asked(c routing.Cond) routing.Cond {
	if o.negated() {
		return routing.Not{Cond: c}
	}
	return c
}

// comparison says how texts are compared.
type comparison struct{ wildcards, fold, path bool }

// among holds where a text is one of the values of an option.
func (b *builder) among(of routing.Expr, list *jsontree.Node, how comparison) routing.Cond {
	if list.Kind() != jsontree.List {
		return b.equals(of, text(list), how)
	}
	if c := plainly(of, list, how); c != nil {
		return c
	}
	var one routing.Any
	for n := range list.All() {
		one = append(one, b.equals(of, text(n), how))
	}
	return one
}

// plainly is the condition for long lists of plain texts; nil for others. Paths stay conditions of their own, from which client endpoints are
// derived.
func plainly(of routing.Expr, list *jsontree.Node, how comparison) routing.Cond {
	const short = 3
	if list.Len() < short || how.path {
		return nil
	}
	texts := make([]string, 0, list.Len())
	for n := range list.All() {
		if n.Kind() != jsontree.String || strings.ContainsAny(n.Text(), "*?{") {
			return nil
		}
		texts = append(texts, n.Text())
	}
	is := func(args ...string) string {
		for _, s := range texts {
			if s == args[0] || how.fold && strings.EqualFold(s, args[0]) {
				return "true"
			}
		}
		return "false"
	}
	return routing.Equal{Of: routing.Call{Name: "one of", Fn: is, Args: []routing.Expr{of}}, To: routing.Text("true")}
}

func (b *builder) equals(of routing.Expr, v routing.Value, how comparison) routing.Cond {
	switch {
	case v.IsUnknown():
		return routing.Given{Value: v}
	case hasVariables(v.Text()) && how.wildcards && strings.ContainsAny(v.Text(), "*?"):
		return routing.Given{Value: routing.UnknownOf("a pattern with variables in it is not modeled", v.Span)}
	case hasVariables(v.Text()):
		return routing.Equal{Of: of, To: b.expand(v), Fold: how.fold}
	case how.wildcards:
		return wildcard(of, v.Text(), how.fold)
	}
	return routing.Equal{Of: of, To: routing.Text(v.Text()), Fold: how.fold}
}

// wildcard: an asterisk stands for any number of characters, a slash among them, a question mark for one.
func wildcard(of routing.Expr, pattern string, fold bool) routing.Cond {
	first := strings.IndexAny(pattern, "*?")
	switch {
	case first < 0:
		return routing.Equal{Of: of, To: routing.Text(pattern), Fold: fold}
	case pattern == "*":
		return routing.Always{}
	case first == len(pattern)-1 && pattern[first] == '*':
		return routing.Prefix{Of: of, Want: pattern[:first], Fold: fold}
	case first == 0 && pattern[0] == '*' && !strings.ContainsAny(pattern[1:], "*?"):
		return routing.Suffix{Of: of, Want: pattern[1:], Fold: fold}
	}
	matches := func(args ...string) string { return strconv.FormatBool(matchesWildcards(args[0], pattern, fold)) }
	whole := routing.Equal{Of: routing.Call{Name: "wildcards", Fn: matches, Args: []routing.Expr{of}}, To: routing.Text("true")}
	return routing.All{routing.Prefix{Of: of, Want: pattern[:first], Fold: fold}, whole}
}

// matchesWildcards compares a text with a pattern, in time of at most their lengths multiplied.
func matchesWildcards(s, pattern string, fold bool) bool {
	if fold {
		s, pattern = strings.ToLower(s), strings.ToLower(pattern)
	}
	i, j, star, mark := 0, 0, -1, 0
	for i < len(s) {
		switch {
		case j < len(pattern) && (pattern[j] == '?' || pattern[j] == s[i] && pattern[j] != '*'):
			i, j = i+1, j+1
		case j < len(pattern) && pattern[j] == '*':
			star, mark, j = j, i, j+1
		case star >= 0:
			mark++
			i, j = mark, star+1
		default:
			return false
		}
	}
	return strings.Trim(pattern[j:], "*") == ""
}
