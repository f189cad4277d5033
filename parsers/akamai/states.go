package akamai

import (
	"slices"
	"strconv"
	"strings"

	"github.com/asrscheck/asrscheck/parsers/routing"
)

// variableIs asks about a variable, of the property's or built in ("matchVariable").
func (b *builder) variableIs(o behavior) routing.Cond {
	name := text(o.option("variableName"))
	if c := o.plainName(name, ""); c != nil {
		return c
	}
	space := "user"
	if strings.HasPrefix(name.Text(), "AK_") {
		space = "builtin"
	}
	of := b.variable(space, name.Text(), name.Span)
	how := comparison{wildcards: o.switchedOn("matchWildcard"), fold: !o.switchedOn("matchCaseSensitive")}
	switch text(o.option("matchOperator")).Text() {
	case "IS_EMPTY", "IS_NOT_EMPTY":
		return o.asked(routing.Equal{Of: of, To: routing.Text("")})
	case "IS", "IS_NOT":
		return o.asked(b.equals(of, text(o.option("variableExpression")), how))
	case "IS_ONE_OF", "IS_NOT_ONE_OF":
		return o.asked(b.among(of, o.option("variableValues"), how))
	case "IS_BETWEEN", "IS_NOT_BETWEEN":
		return b.compared(o, of)
	}
	return o.cannotTell("what its operator compares with is not modeled")
}

// expressionMatches is a regular expression on a text with variables ("regularExpression").
func (b *builder) expressionMatches(o behavior) routing.Cond {
	subject, expr := text(o.option("matchString")), text(o.option("regex"))
	for _, v := range []routing.Value{subject, expr} {
		if v.IsUnknown() {
			return routing.Given{Value: v}
		}
	}
	p, err := routing.NewPattern(expr.Text(), !o.switchedOn("caseSensitive"))
	if err != nil || hasVariables(expr.Text()) {
		return o.cannotTell("its regular expression cannot be evaluated")
	}
	return routing.Matches{Of: b.expand(subject), Pattern: p}
}

// always is a condition that is known.
func always(holds bool) routing.Cond {
	return routing.Given{Value: routing.Of(strconv.FormatBool(holds), routing.Span{})}
}

// typeIs: what is asked about are requests of clients.
func (b *builder) typeIs(o behavior) routing.Cond {
	return o.asked(always(text(o.option("value")).Text() == "CLIENT_REQ"))
}

// networkIs: what is asked about is the production network.
func (b *builder) networkIs(o behavior) routing.Cond {
	return o.asked(always(text(o.option("network")).Text() == "PRODUCTION"))
}

// chance is a percentage of the requests, picked at random ("random").
func (b *builder) chance(o behavior) routing.Cond {
	v := text(o.option("bucket"))
	n, err := strconv.Atoi(v.Text())
	switch {
	case v.IsUnknown():
		return routing.Given{Value: v}
	case err != nil || n < 0 || n > 100:
		return o.cannotTell("it does not say how many percent")
	case n == 0 || n == 100:
		return always(n == 100)
	}
	share := func(label string, weight int) routing.Member {
		return routing.Member{Address: routing.Of(label, o.place("bucket")), Weight: weight, Span: o.place("bucket")}
	}
	return routing.Chance{Pool: &routing.Pool{
		Name: "the criterion random", Pick: routing.Pick{How: v.Text() + " percent of the requests, picked at random", Span: o.place("bucket")},
		Members: []routing.Member{share("yes", n), share("no", 100-n)}, Span: o.place("bucket"),
	}}
}

// cacheabilityIs asks what the caching behavior in force says.
func (b *builder) cacheabilityIs(o behavior) routing.Cond {
	return o.asked(b.equals(read(cacheability), text(o.option("value")), comparison{}))
}

// timedOut: whether requests get through is asked of a service that is well.
func (b *builder) timedOut(behavior) routing.Cond { return always(false) }

// goodAnswers are the statuses with which a service that is well answers the requests that are asked about.
var goodAnswers = []int{101, 200, 202, 204}

// statusIs asks for the status of the answer ("matchResponseCode").
func (b *builder) statusIs(o behavior) routing.Cond {
	var listed []int
	for n := range o.option("values").All() {
		status, err := strconv.Atoi(text(n).Text())
		if err != nil {
			return o.cannotTell("a status in it cannot be read")
		}
		listed = append(listed, status)
	}
	low, _ := strconv.Atoi(text(o.option("lowerBound")).Text())
	high, _ := strconv.Atoi(text(o.option("upperBound")).Text())
	count := 0
	for _, status := range goodAnswers {
		if slices.Contains(listed, status) || high > 0 && status >= low && status <= high {
			count++
		}
	}
	if count > 0 && count < len(goodAnswers) {
		return o.cannotTell(answers)
	}
	return o.asked(always(count > 0))
}
