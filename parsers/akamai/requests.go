package akamai

import (
	"net/netip"
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/asrscheck/asrscheck/parsers/routing"
)

// clientPath is the path as the client sent it.
var clientPath = routing.ReadOriginal(routing.InPath, "")

// pathIs asks about the path as it was sent, or without its directory syntax ("path").
func (b *builder) pathIs(o behavior) routing.Cond {
	of := clientPath
	if o.switchedOn("normalize") {
		of = normalPath
	}
	return o.asked(b.among(of, o.option("values"), comparison{path: true, wildcards: true, fold: !o.switchedOn("matchCaseSensitive")}))
}

// normalPath is the same for every rule.
var normalPath = routing.Once{Name: ":normalized path", Of: routing.Call{Name: "normalized", Fn: normalized, Args: []routing.Expr{clientPath}}}

// normalized is a path decoded, without directory syntax ("path": normalize).
func normalized(args ...string) string {
	s := args[0]
	if decoded, err := url.PathUnescape(s); err == nil {
		s = decoded
	}
	clean := path.Clean("/" + s)
	if strings.HasSuffix(s, "/") && clean != "/" {
		clean += "/"
	}
	return clean
}

func (b *builder) hostIs(o behavior) routing.Cond {
	return o.asked(b.among(routing.ReadOriginal(routing.InHost, ""), o.option("values"), comparison{wildcards: true, fold: true}))
}

func (b *builder) methodIs(o behavior) routing.Cond {
	v := text(o.option("value"))
	want := strings.TrimPrefix(strings.TrimPrefix(v.Text(), "HTTP_"), "DAV_")
	return o.asked(b.equals(routing.ReadOriginal(routing.InMethod, ""), changed(v, want), comparison{}))
}

// changed is became for a value that may be unknown.
func changed(v routing.Value, s string) routing.Value {
	if v.State() != routing.Known {
		return v
	}
	return v.Became(s)
}

func (b *builder) protocolIs(o behavior) routing.Cond {
	return b.equals(routing.ReadOriginal(routing.InScheme, ""), text(o.option("value")), comparison{fold: true})
}

// fileName is the last part of the path.
var fileName = routing.Once{Name: ":file name", Of: routing.Call{Name: "file name", Fn: func(a ...string) string { return a[0][strings.LastIndexByte(a[0], '/')+1:] }, Args: []routing.Expr{clientPath}}}

// extension is that of the file name, without the dot.
var extension = routing.Once{Name: ":extension", Of: routing.Call{Name: "extension", Fn: func(a ...string) string { return strings.TrimPrefix(path.Ext(a[0]), ".") }, Args: []routing.Expr{fileName}}}

func (b *builder) extensionIs(o behavior) routing.Cond {
	return o.asked(b.among(extension, o.option("values"), comparison{fold: !o.switchedOn("matchCaseSensitive")}))
}

func (b *builder) fileIs(o behavior) routing.Cond {
	switch operator := text(o.option("matchOperator")); operator.Text() {
	case "IS_EMPTY", "IS_NOT_EMPTY":
		return o.asked(routing.Equal{Of: fileName, To: routing.Text("")})
	}
	return o.asked(b.among(fileName, o.option("values"), comparison{wildcards: true, fold: !o.switchedOn("matchCaseSensitive")}))
}

// headerIs asks for the value of a header ("requestHeader"). Case makes no difference in names.
func (b *builder) headerIs(o behavior) routing.Cond {
	name := text(o.option("headerName"))
	if c := o.plainName(name, "matchWildcardName"); c != nil {
		return c
	}
	of := routing.ReadOriginal(routing.InHeader, name.Text())
	if exists := strings.HasSuffix(text(o.option("matchOperator")).Text(), "EXIST") || text(o.option("matchOperator")).Text() == "EXISTS"; exists {
		return o.asked(routing.Not{Cond: routing.Equal{Of: of, To: routing.Text("")}})
	}
	return o.asked(b.among(of, o.option("values"), o.values()))
}

// values is how values are compared.
func (o behavior) values() comparison {
	return comparison{wildcards: o.switchedOn("matchWildcardValue"), fold: !o.switchedOn("matchCaseSensitiveValue")}
}

// plainName is nil for a name that can be looked up; else the criterion cannot be told.
func (o behavior) plainName(name routing.Value, wildcards string) routing.Cond {
	switch {
	case name.IsUnknown():
		return routing.Given{Value: name}
	case name.Text() == "" || hasVariables(name.Text()) || o.switchedOn(wildcards) && strings.ContainsAny(name.Text(), "*?"):
		return o.cannotTell("a name with wildcards or variables is not modeled")
	}
	return nil
}

func (b *builder) agentIs(o behavior) routing.Cond {
	how := comparison{wildcards: o.switchedOn("matchWildcard"), fold: !o.switchedOn("matchCaseSensitive")}
	return o.asked(b.among(routing.ReadOriginal(routing.InHeader, "User-Agent"), o.option("values"), how))
}

func (b *builder) cookieIs(o behavior) routing.Cond {
	name := text(o.option("cookieName"))
	if c := o.plainName(name, "matchWildcardName"); c != nil {
		return c
	}
	of := routing.ReadOriginal(routing.InCookie, name.Text())
	switch text(o.option("matchOperator")).Text() {
	case "EXISTS", "DOES_NOT_EXIST":
		return o.asked(routing.Not{Cond: routing.Equal{Of: of, To: routing.Text("")}})
	case "IS_BETWEEN":
		return b.compared(o, of)
	}
	return o.asked(b.equals(of, text(o.option("value")), o.values()))
}

// parameterIs asks about a query parameter as it stands in the URL ("queryStringParameter"). With escapeValue the value asked for is escaped first.
func (b *builder) parameterIs(o behavior) routing.Cond {
	name := text(o.option("parameterName"))
	if c := o.plainName(name, "matchWildcardName"); c != nil {
		return c
	}
	fold := !o.switchedOn("matchCaseSensitiveName")
	find := func(what func(value string, found bool) string) routing.Expr {
		fn := func(args ...string) string { return what(routing.Argument(args[0], name.Text(), fold)) }
		return routing.Call{Name: "query parameter " + name.Text(), Fn: fn, Args: []routing.Expr{routing.ReadOriginal(routing.InQuery, "")}}
	}
	value := find(func(s string, _ bool) string { return s })
	switch operator := text(o.option("matchOperator")); operator.Text() {
	case "EXISTS", "DOES_NOT_EXIST":
		there := find(func(_ string, found bool) string { return strconv.FormatBool(found) })
		return o.asked(routing.Equal{Of: there, To: routing.Text("true")})
	case "IS_LESS_THAN", "IS_MORE_THAN", "IS_BETWEEN":
		return b.compared(o, value)
	}
	if o.switchedOn("escapeValue") {
		return o.cannotTell("how a value is escaped before it is compared is not documented")
	}
	return o.asked(b.among(value, o.option("values"), o.values()))
}

// compared holds where a text is a number within the bounds of the operator.
func (b *builder) compared(o behavior, of routing.Expr) routing.Cond {
	low, high := text(o.option("lowerBound")), text(o.option("upperBound"))
	for _, v := range []routing.Value{low, high} {
		if v.IsUnknown() {
			return routing.Given{Value: v}
		}
	}
	operator := strings.TrimPrefix(strings.TrimPrefix(text(o.option("matchOperator")).Text(), "IS_NOT_"), "IS_")
	fn := func(args ...string) string {
		n, err := strconv.ParseInt(args[0], 10, 64)
		least, _ := strconv.ParseInt(low.Text(), 10, 64)
		most, _ := strconv.ParseInt(high.Text(), 10, 64)
		return strconv.FormatBool(err == nil && within(operator, n, least, most))
	}
	return o.asked(routing.Equal{Of: routing.Call{Name: operator, Fn: fn, Args: []routing.Expr{of}}, To: routing.Text("true")})
}

// within compares as the operators of Akamai's criteria do: those that ask for less name an upper bound, those for more a lower one.
func within(operator string, n, least, most int64) bool {
	switch operator {
	case "LESS_THAN":
		return n < most
	case "LESS_THAN_OR_EQUAL_TO":
		return n <= most
	case "MORE_THAN", "GREATER_THAN":
		return n > least
	case "GREATER_THAN_OR_EQUAL_TO":
		return n >= least
	}
	return n >= least && n <= most
}

// clientIs asks for the address of the client, with or without a proxy's X-Forwarded-For, which clients of SignalR do not send themselves.
func (b *builder) clientIs(o behavior) routing.Cond {
	var networks []netip.Prefix
	for n := range o.option("values").All() {
		v := text(n)
		p, err := netip.ParsePrefix(v.Text())
		if a, bad := netip.ParseAddr(v.Text()); bad == nil {
			p, err = netip.PrefixFrom(a, a.BitLen()), nil
		}
		if v.IsUnknown() || err != nil {
			return o.cannotTell("an address in it cannot be read")
		}
		networks = append(networks, p)
	}
	fn := func(args ...string) string {
		ip, err := netip.ParseAddr(args[0])
		inside := func(p netip.Prefix) bool { return err == nil && p.Contains(ip.Unmap()) }
		return strconv.FormatBool(slices.ContainsFunc(networks, inside))
	}
	return o.asked(routing.Equal{Of: routing.Call{Name: "network", Fn: fn, Args: []routing.Expr{routing.ReadOriginal(routing.InClientIP, "")}}, To: routing.Text("true")})
}

func (b *builder) versionIs(o behavior) routing.Cond {
	fn := func(args ...string) string {
		if strings.Contains(args[0], ":") {
			return "IPV6"
		}
		return "IPV4"
	}
	return b.equals(routing.Call{Name: "IP version", Fn: fn, Args: []routing.Expr{routing.ReadOriginal(routing.InClientIP, "")}}, text(o.option("value")), comparison{})
}
