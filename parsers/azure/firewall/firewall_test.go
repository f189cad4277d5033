package firewall_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/asrscheck/asrscheck/parsers/azure"
	"github.com/asrscheck/asrscheck/parsers/azure/firewall"
	"github.com/asrscheck/asrscheck/parsers/internal/jsontree"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

// object is a part of a policy as a test writes it.
type object = map[string]any

// gateway puts the steps of a policy before a forward.
func gateway(steps []routing.Step) *routing.Gateway {
	f := &routing.Forward{To: routing.Text("chat.service.signalr.net"), Scheme: routing.Text("https"), Target: routing.Read(routing.InTarget, ""), Settings: routing.Settings{}}
	firewall.Settings(f.Settings)
	return &routing.Gateway{
		Kind: "test", Listeners: []*routing.Listener{{Name: "edge", Port: 443, TLS: true, Entry: "edge"}},
		Blocks: map[string][]routing.Step{"edge": append(steps, f)},
	}
}

func read(t testing.TB, o any) azure.Object {
	t.Helper()
	text, err := json.Marshal(o)
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsontree.Parse("policy.json", text, jsontree.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return azure.Object{Node: doc.Root}
}

// socket is a browser's WebSocket handshake.
func socket() *routing.Request {
	return &routing.Request{Method: "GET", Scheme: "https", Host: "rt.example.com", Target: "/client/?hub=chat&id=abc&access_token=eyJhbGciOi", ClientIP: "192.0.2.7"}
}

// outcome is what a firewall does with a request, in a few words.
func outcome(t testing.TB, p firewall.Policy, req *routing.Request) string {
	t.Helper()
	g := gateway(p.Steps())
	paths := g.Trace(g.Listeners[0], req)
	if len(paths) != 1 {
		t.Fatalf("the request can go %d ways", len(paths))
	}
	switch path := paths[0]; {
	case path.Response != nil && (path.Response.Reason == routing.Blocked || path.Response.Reason == routing.TooLong):
		return "blocked " + path.Response.Status.Text()
	case path.Delivery == nil:
		return path.Outcome()
	case path.Delivery.Setting(routing.Inspection).Text() != "":
		return "inspected: " + path.Delivery.Setting(routing.Inspection).Text()
	case path.Delivery.Setting(routing.RateLimit).Text() != "":
		return "counted: " + path.Delivery.Setting(routing.RateLimit).Text()
	default:
		return "passed"
	}
}

// custom is a policy of Application Gateway with custom rules and without managed ones.
func custom(rules ...object) object {
	return object{"name": "waf", "properties": object{"policySettings": object{"state": "Enabled", "mode": "Prevention"}, "customRules": rules}}
}

// on is a rule with one condition.
func on(action, variable, selector, operator string, values ...string) object {
	return object{"name": "r", "priority": 5, "ruleType": "MatchRule", "action": action, "matchConditions": []object{{
		"matchVariables": []object{{"variableName": variable, "selector": selector}}, "operator": operator, "matchValues": values,
	}}}
}

func with(rule object, name string, value any) object {
	rule[name] = value
	return rule
}

// but changes the only condition of a rule.
func but(rule object, name string, value any) object {
	rule["matchConditions"].([]object)[0][name] = value
	return rule
}

func TestCustomRulesDecideByTheRequest(t *testing.T) {
	tests := []struct {
		name  string
		rules []object
		want  string
	}{
		{"no rule", nil, "passed"},
		{"the query contains a text", []object{on("Block", "QueryString", "", "Contains", "x=", "access_token=")}, "blocked 403"},
		{"the query does not contain it", []object{on("Block", "QueryString", "", "Contains", "password=")}, "passed"},
		{"case counts", []object{on("Block", "QueryString", "", "Contains", "ACCESS_TOKEN=")}, "passed"},
		{"case is taken away first", []object{but(on("Block", "QueryString", "", "Contains", "eyjhbg"), "transforms", []string{"Lowercase"})}, "blocked 403"},
		{"a method that is not listed", []object{but(on("Block", "RequestMethod", "", "Equal", "POST"), "negationConditon", true)}, "blocked 403"},
		{"a method that is listed", []object{but(on("Block", "RequestMethod", "", "Equal", "GET", "POST"), "negationConditon", true)}, "passed"},
		{"the beginning of the URI", []object{on("Block", "RequestUri", "", "BeginsWith", "/client/")}, "blocked 403"},
		{"the end of the URI", []object{on("Block", "RequestUri", "", "EndsWith", "OiX")}, "passed"},
		{"an expression", []object{on("Block", "RequestUri", "", "Regex", `access_token=[^&]{8,}`)}, "blocked 403"},
		{"an expression that cannot be read", []object{on("Block", "RequestUri", "", "Regex", `(?<!a)b`)}, "inspected: custom rule"},
		{"a header that is there", []object{on("Block", "RequestHeaders", "Origin", "Any")}, "passed"},
		{"a number in a header", []object{on("Block", "RequestHeaders", "Content-Length", "GreaterThan", "10")}, "passed"},
		{"the address of the client", []object{on("Block", "RemoteAddr", "", "IPMatch", "192.0.2.0/24")}, "inspected: custom rule"},
		{"the country of the client", []object{on("Block", "RemoteAddr", "", "GeoMatch", "ZZ")}, "inspected: custom rule"},
		{"the body of a request without one", []object{on("Block", "RequestBody", "", "Contains", "x")}, "passed"},
		{"the body, of which something is not there", []object{but(on("Block", "RequestBody", "", "Contains", "x"), "negationConditon", true)}, "inspected: custom rule"},
		{"the body or the query", []object{but(on("Block", "RequestBody", "", "Contains", "access_token="), "matchVariables", []object{{"variableName": "RequestBody"}, {"variableName": "QueryString"}})}, "inspected: custom rule"},
		{"a challenge", []object{on("JSChallenge", "RequestUri", "", "BeginsWith", "/client")}, "inspected: custom rule"},
		{"a disabled rule", []object{with(on("Block", "RequestUri", "", "BeginsWith", "/"), "state", "Disabled")}, "passed"},
		{"a rule that only logs", []object{on("Log", "RequestUri", "", "BeginsWith", "/")}, "passed"},
		{"a rule that counts", []object{with(on("Block", "RequestUri", "", "BeginsWith", "/"), "ruleType", "RateLimitRule")}, "counted: custom rule"},
		{"allowed before it is blocked", []object{on("Block", "RequestUri", "", "BeginsWith", "/"), with(on("Allow", "RequestUri", "", "BeginsWith", "/client"), "priority", 1)}, "passed"},
		{"blocked before it is allowed", []object{on("Allow", "RequestUri", "", "BeginsWith", "/"), with(on("Block", "RequestUri", "", "BeginsWith", "/client"), "priority", 1)}, "blocked 403"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := outcome(t, firewall.OfGateway(read(t, custom(tt.rules...))), socket()); !strings.HasPrefix(got, tt.want) {
				t.Errorf("the handshake is %s, want %s", got, tt.want)
			}
		})
	}
}

func TestWhatAConditionOnlyComesToKnowLeavesItOpen(t *testing.T) {
	at := jsontree.Place{}
	texts := func(name string, value *jsontree.Node) jsontree.Member {
		return jsontree.Member{Name: name, Value: value}
	}
	list := func(name string, items ...*jsontree.Node) jsontree.Member {
		return texts(name, jsontree.NewList(at, items...))
	}
	text := func(s string) *jsontree.Node { return jsontree.NewString(at, s) }
	open := jsontree.NewUnknown(at, "a parameter has no value")
	for name, condition := range map[string][]jsontree.Member{
		"a selector": {list("matchVariables", jsontree.NewObject(at, texts("variableName", text("QueryString")), texts("selector", open))), texts("operator", text("Any"))},
		"a header":   {list("matchVariables", jsontree.NewObject(at, texts("variableName", text("RequestHeaders")), texts("selector", open))), texts("operator", text("Any"))},
		"transforms": {
			list("matchVariables", jsontree.NewObject(at, texts("variableName", text("QueryString")))), texts("operator", text("Contains")),
			list("matchValues", text("ACCESS_TOKEN")), texts("transforms", open),
		},
	} {
		rule := jsontree.NewObject(at, texts("name", text("r")), texts("action", text("Block")), list("matchConditions", jsontree.NewObject(at, condition...)))
		policy := jsontree.NewObject(at, texts("name", text("waf")), list("customRules", rule), texts("policySettings", jsontree.NewObject(at, texts("mode", text("Prevention")))))
		if got := outcome(t, firewall.OfGateway(azure.Object{Node: policy}), socket()); !strings.HasPrefix(got, "inspected: custom rule") {
			t.Errorf("with %s unknown the handshake is %s", name, got)
		}
	}
}

func TestRulesThatAreNotKnownLeaveOpenWhatTheyBlock(t *testing.T) {
	at := jsontree.Place{}
	open := jsontree.NewUnknown(at, "a parameter has no value")
	in := func(name string) *jsontree.Node {
		return jsontree.NewObject(at, jsontree.Member{Name: name, Value: open})
	}
	mode := jsontree.Member{Name: "policySettings", Value: jsontree.NewObject(at, jsontree.Member{Name: "mode", Value: jsontree.NewString(at, "Prevention")})}
	for name, value := range map[string]*jsontree.Node{"customRules": open, "managedRules": open, "customRules.rules": in("rules"), "managedRules.managedRuleSets": in("managedRuleSets")} {
		member, _, inside := strings.Cut(name, ".")
		o := azure.Object{Node: jsontree.NewObject(at, mode, jsontree.Member{Name: member, Value: value})}
		if got := outcome(t, firewall.OfFrontDoor(o), socket()); !strings.HasPrefix(got, "inspected: ") {
			t.Errorf("with unknown %s of Front Door the handshake is %s", name, got)
		}
		if got := outcome(t, firewall.OfGateway(o), socket()); (!inside || member == "managedRules") && !strings.HasPrefix(got, "inspected: ") {
			t.Errorf("with unknown %s the handshake is %s", name, got)
		}
	}
}

func TestSettingsOfAPolicyDecideWhetherItBlocks(t *testing.T) {
	tests := []struct {
		name     string
		settings object
		want     string
	}{
		{"detection", object{"mode": "Detection"}, "passed"},
		{"disabled", object{"state": "Disabled", "mode": "Prevention"}, "passed"},
		{"a status of its own", object{"mode": "Prevention", "customBlockResponseStatusCode": 406}, "blocked 406"},
		{"no mode", object{}, "inspected: firewall policy waf"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			policy := custom(on("Block", "RequestUri", "", "BeginsWith", "/"))
			policy["properties"].(object)["policySettings"] = tt.settings
			if got := outcome(t, firewall.OfGateway(read(t, policy)), socket()); !strings.HasPrefix(got, tt.want) {
				t.Errorf("the handshake is %s, want %s", got, tt.want)
			}
		})
	}
}

func TestLimitsOfBodies(t *testing.T) {
	tests := []struct {
		name     string
		settings object
		version  string
		want     string
	}{
		{"not met", object{}, "3.2", "passed"},
		{"met", object{"maxRequestBodySizeInKb": 8}, "3.2", "blocked 413"},
		{"not enforced", object{"maxRequestBodySizeInKb": 8, "requestBodyEnforcement": false}, "3.2", "passed"},
		{"not inspected, but enforced", object{"maxRequestBodySizeInKb": 8, "requestBodyCheck": false}, "3.2", "blocked 413"},
		{"not inspected and so not enforced", object{"maxRequestBodySizeInKb": 8, "requestBodyCheck": false}, "3.1", "passed"},
		{"no number", object{"maxRequestBodySizeInKb": "many"}, "3.2", "inspected: firewall policy waf, whose limit"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tt.settings["mode"] = "Prevention"
			policy := object{"name": "waf", "properties": object{
				"policySettings": tt.settings, "managedRules": object{"managedRuleSets": []object{{"ruleSetType": "OWASP", "ruleSetVersion": tt.version}}},
			}}
			send := &routing.Request{Method: "POST", Scheme: "https", Host: "rt.example.com", Target: "/client/?hub=chat", BodySize: 32 << 10}
			if got := outcome(t, firewall.OfGateway(read(t, policy)), send); !strings.HasPrefix(got, tt.want) {
				t.Errorf("a message is %s, want %s", got, tt.want)
			}
		})
	}
}

func TestManagedRulesLookAtWhatIsNotExcluded(t *testing.T) {
	exclude := func(variable, operator, selector string) object {
		return object{"matchVariable": variable, "selectorMatchOperator": operator, "selector": selector}
	}
	tests := []struct {
		name       string
		exclusions []object
		want       string
	}{
		{"none", nil, "argument access_token"},
		{"both", []object{exclude("RequestArgNames", "Equals", "access_token"), exclude("RequestArgValues", "Equals", "id")}, "passed"},
		{"any", []object{exclude("RequestArgNames", "EqualsAny", "*")}, "passed"},
		{"the token alone", []object{exclude("RequestArgNames", "StartsWith", "access_")}, "argument id"},
		{"names and not values", []object{exclude("RequestArgKeys", "EqualsAny", "*")}, "argument access_token"},
		{"of headers", []object{exclude("RequestHeaderNames", "Equals", "access_token")}, "argument access_token"},
		{"for this rule set", []object{with(exclude("RequestArgNames", "EqualsAny", "*"), "exclusionManagedRuleSets", []object{{"ruleSetType": "OWASP", "ruleSetVersion": "3.2"}})}, "passed"},
		{"for another rule set", []object{with(exclude("RequestArgNames", "EqualsAny", "*"), "exclusionManagedRuleSets", []object{{"ruleSetType": "Microsoft_BotManagerRuleSet", "ruleSetVersion": "1.0"}})}, "argument access_token"},
		{"for another version of it", []object{with(exclude("RequestArgNames", "EqualsAny", "*"), "exclusionManagedRuleSets", []object{{"ruleSetType": "OWASP", "ruleSetVersion": "3.1"}})}, "argument access_token"},
		{"for some rules only", []object{with(exclude("RequestArgNames", "EqualsAny", "*"), "exclusionManagedRuleSets", []object{{"ruleSetType": "OWASP", "ruleGroups": []object{{"ruleGroupName": "SQLI"}}}})}, "argument access_token"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			policy := object{"name": "waf", "properties": object{"policySettings": object{"mode": "Prevention"}, "managedRules": object{
				"managedRuleSets": []object{{"ruleSetType": "Microsoft_BotManagerRuleSet", "ruleSetVersion": "1.0"}, {"ruleSetType": "OWASP", "ruleSetVersion": "3.2"}}, "exclusions": tt.exclusions,
			}}}
			if got := outcome(t, firewall.OfGateway(read(t, policy)), socket()); !strings.Contains(got, tt.want) {
				t.Errorf("the handshake is %s, want %s", got, tt.want)
			}
		})
	}
}

func TestPoliciesOfFrontDoor(t *testing.T) {
	rule := func(variable, operator string, values ...string) object {
		return object{"name": "r", "priority": 5, "enabledState": "Enabled", "ruleType": "MatchRule", "action": "Block", "matchConditions": []object{{
			"matchVariable": variable, "operator": operator, "matchValue": values, "negateCondition": false,
		}}}
	}
	tests := []struct {
		name string
		rule object
		want string
	}{
		{"the query", rule("QueryString", "Contains", "access_token="), "blocked 403"},
		{"the whole URI", rule("RequestUri", "Contains", "/client/?"), "blocked 403"},
		{"the URI is more than the path", rule("RequestUri", "BeginsWith", "/client"), "passed"},
		{"the country", rule("RemoteAddr", "GeoMatch", "ZZ"), "inspected: custom rule"},
		{"the body of a request without one", rule("RequestBody", "Contains", "x"), "passed"},
		{"the body, of which something is not there", but(rule("RequestBody", "Contains", "x"), "negateCondition", true), "inspected: custom rule"},
		{"disabled", with(rule("RequestUri", "Any"), "enabledState", "Disabled"), "passed"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			policy := object{"name": "waf", "properties": object{
				"policySettings": object{"enabledState": "Enabled", "mode": "Prevention"}, "customRules": object{"rules": []object{tt.rule}},
			}}
			if got := outcome(t, firewall.OfFrontDoor(read(t, policy)), socket()); !strings.HasPrefix(got, tt.want) {
				t.Errorf("the handshake is %s, want %s", got, tt.want)
			}
		})
	}
}

func TestFrontDoorsExclusionsAreThoseOfTheirRuleSet(t *testing.T) {
	all := []object{{"matchVariable": "QueryStringArgNames", "selectorMatchOperator": "EqualsAny", "selector": "*"}}
	for of, want := range map[string]string{"Microsoft_DefaultRuleSet": "passed", "Microsoft_BotManagerRuleSet": "inspected: firewall policy waf, whose managed rules"} {
		sets := []object{{"ruleSetType": "Microsoft_BotManagerRuleSet", "ruleSetVersion": "1.0"}, {"ruleSetType": "Microsoft_DefaultRuleSet", "ruleSetVersion": "2.1"}}
		for _, set := range sets {
			if set["ruleSetType"] == of {
				set["exclusions"] = all
			}
		}
		policy := object{"name": "waf", "properties": object{"policySettings": object{"mode": "Prevention"}, "managedRules": object{"managedRuleSets": sets}}}
		if got := outcome(t, firewall.OfFrontDoor(read(t, policy)), socket()); !strings.HasPrefix(got, want) {
			t.Errorf("with exclusions of %s the handshake is %s, want %s", of, got, want)
		}
	}
}

func FuzzPoliciesDoNotPanic(f *testing.F) {
	seed, err := json.Marshal(custom(on("Block", "QueryString", "", "Contains", "access_token=")))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(seed)
	f.Add([]byte(`{"customRules":{"rules":[{"matchConditions":[{"matchVariable":"RequestUri","matchValue":["["],"operator":"RegEx"}]}]}}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		doc, err := jsontree.Parse("policy.json", text, jsontree.Options{})
		if err != nil {
			return
		}
		o := azure.Object{Node: doc.Root}
		for _, p := range []firewall.Policy{firewall.OfGateway(o), firewall.OfFrontDoor(o), firewall.Inline(o)} {
			g := gateway(p.Steps())
			g.Trace(g.Listeners[0], socket())
		}
	})
}
