package armexpr_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/asrscheck/asrscheck/parsers/internal/armexpr"
	"github.com/asrscheck/asrscheck/parsers/internal/jsontree"
)

// template is a template that tests evaluate expressions in.
const template = `{
  "languageVersion": "2.0",
  "parameters": {
    "name": {"type": "string", "defaultValue": "gw"},
    "open": {"type": "string"},
    "secret": {"type": "securestring", "defaultValue": "hidden"},
    "settings": {"type": "object", "defaultValue": {"port": 443, "hosts": ["a.example", "b.example"], "off": null}},
    "maybe": {"type": "string", "nullable": true},
    "size": {"type": "string", "defaultValue": "huge", "allowedValues": ["small", "large"]},
    "fromOther": {"type": "string", "defaultValue": "[concat(parameters('name'), '-x')]"}
  },
  "variables": {
    "gateway": "[concat(parameters('NAME'), '-', variables('suffix'))]",
    "suffix": "weu",
    "mixed": ["[parameters('open')]", "known"],
    "a": "[variables('b')]", "b": "[variables('c')]", "c": "[variables('a')]",
    "copy": [{"name": "names", "count": 3, "input": "[concat('p', copyIndex('names', 1))]"}]
  },
  "functions": [{"namespace": "contoso", "members": {
    "host": {"parameters": [{"name": "service", "type": "string"}], "output": {"type": "string", "value": "[concat(toLower(parameters('service')), '.service.signalr.net')]"}},
    "twice": {"parameters": [{"name": "x"}], "output": {"value": "[concat(contoso.host(parameters('x')), '!')]"}},
    "outside": {"parameters": [], "output": {"value": "[parameters('name')]"}}
  }}],
  "resources": {
    "signalr": {"type": "Microsoft.SignalRService/SignalR", "name": "Chat"},
    "other": {"type": "Microsoft.Web/sites", "name": "[parameters('open')]"}
  }
}`

func scope(t testing.TB, text string) *armexpr.Scope {
	t.Helper()
	doc, err := jsontree.Parse("main.json", []byte(text), jsontree.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return armexpr.NewScope(doc.Root, nil)
}

// evaluate gives the value of an expression and the problems that it had.
func evaluate(t testing.TB, s *armexpr.Scope, expression string) (*jsontree.Node, []string) {
	t.Helper()
	src := jsontree.NewSource("e.json", []byte(expression))
	value := s.Value(jsontree.NewString(src.Place(0, len(expression)), expression), nil)
	var problems []string
	for _, p := range s.Problems() {
		problems = append(problems, p.Message)
	}
	return value, problems
}

// shown is a value in one line.
func shown(n *jsontree.Node) string {
	var parts []string
	for c := range n.All() {
		s := shown(c)
		if n.Kind() == jsontree.Object {
			s = c.Name() + ":" + s
		}
		parts = append(parts, s)
	}
	switch n.Kind() {
	case jsontree.Object:
		return "{" + strings.Join(parts, " ") + "}"
	case jsontree.List:
		return "[" + strings.Join(parts, " ") + "]"
	case jsontree.String:
		return "'" + n.Text() + "'"
	case jsontree.Unknown:
		return "?"
	default:
		return n.Text()
	}
}

// TestFunctions holds every function to the examples of Microsoft's reference and to its remarks.
func TestFunctions(t *testing.T) {
	for expression, want := range map[string]string{
		"[concat('it''s ', 'a', 1, true())]": "'it's a1True'", "[concat(createArray(1), createArray(2, 3))]": "[1 2 3]", "[concat()]": "''",
		"[format('{0}, {1}. {2:D3} {{x}} {0,-3}|{0,3}|', 'a', true(), 7)]": "'a, True. 007 {x} a  |  a|'", "[format('{0:N0}', 1)]": "?",
		"[toLower('ABC')]": "'abc'", "[TOUPPER('abc')]": "'ABC'", "[trim('  a ')]": "'a'",
		"[replace('a-b-c', '-', '')]": "'abc'", "[split('one,two;three', createArray(',', ';'))]": "['one' 'two' 'three']", "[split('a,b', ',')[1]]": "'b'",
		"[join(createArray('a', 'b', 1), '/')]": "'a/b/1'", "[substring('one two three', 4, 3)]": "'two'", "[substring('abc', 1)]": "'bc'",
		"[padLeft(7, 3, '0')]": "'007'", "[startsWith('abcdef', 'AB')]": "true", "[endsWith('abcdef', 'EF')]": "true", "[endsWith('abcdef', 'e')]": "false",
		"[indexOf('testString', 'T')]": "0", "[lastIndexOf('test', 't')]": "3", "[indexOf('abc', 'z')]": "-1", "[indexOf('😀b', 'b')]": "2",
		"[contains('OneTwo', 'e')]": "true", "[contains('OneTwo', 'o')]": "true", "[contains('OneTwo', 'N')]": "false",
		"[contains(createObject('one', 1), 'ONE')]": "true", "[contains(createArray('a', 'b'), 'b')]": "true", "[contains(createArray(1), 2)]": "false",
		"[contains(createArray('a'), 'A')]": "?",
		"[length('😀')]":                     "2", "[length(createArray(1, 2))]": "2", "[length(createObject('a', 1))]": "1",
		"[first('One')]": "'O'", "[last(createArray(1, 2))]": "2", "[first(createArray())]": "null", "[last('')]": "''",
		"[skip('abc', 1)]": "'bc'", "[take(createArray(1, 2, 3), 2)]": "[1 2]", "[take('abc', -1)]": "''", "[skip(createArray(1), 5)]": "[]",
		"[base64('one, two, three')]": "'b25lLCB0d28sIHRocmVl'", "[base64ToString('b25lLCB0d28sIHRocmVl')]": "'one, two, three'", "[base64ToJson(base64('{\"a\":[1]}')).a[0]]": "1",
		"[uri('http://contoso.org/firstpath', 'myscript.sh')]": "'http://contoso.org/myscript.sh'", "[uri('http://contoso.org/firstpath/', 'a.sh')]": "'http://contoso.org/firstpath/a.sh'",
		"[uri('https://contoso.org', 'a')]":           "'https://contoso.org/a'",
		"[uriComponent('http://contoso.com/a b+c')]":  "'http%3A%2F%2Fcontoso.com%2Fa%20b%2Bc'",
		"[uriComponentToString('http%3A%2F%2Fa%20')]": "'http://a '", "[dataUri('Hello')]": "'data:text/plain;charset=utf8;base64,SGVsbG8='",
		"[string(createObject('a', createArray(1, true(), null(), 'x\"')))]": `'{"a":[1,true,null,"x\""]}'`, "[string(createArray())]": "'[]'", "[string(5)]": "'5'", "[string(true())]": "'True'",
		"[json('{\"a\": 1}').a]": "1", "[json('null')]": "null",

		"[add(1, 2)]": "3", "[sub(7, 3)]": "4", "[mul(5, 3)]": "15", "[div(8, 3)]": "2", "[mod(7, 3)]": "1", "[int('4')]": "4", "[float('1.5')]": "1.5",
		"[min(createArray(0, 3, 2))]": "0", "[max(0, 3, 2)]": "3", "[range(5, 3)]": "[5 6 7]", "[add(-1, -2)]": "-3",
		"[add(9223372036854775807, 1)]": "?", "[mul(9223372036854775807, 2)]": "?", "[div(1, 0)]": "?", "[mod(1, 0)]": "?",

		"[and(true(), not(false()))]": "true", "[or(false(), false())]": "false", "[bool('True')]": "true", "[bool(0)]": "false",
		"[if(true(), 'yes', div(1, 0))]": "'yes'", "[coalesce(null(), null(), 'x')]": "'x'", "[coalesce(null())]": "null",
		"[equals(1, 1)]": "true", "[equals('a', 'a')]": "true", "[equals('a', 'b')]": "false", "[equals('a', 'A')]": "?", "[equals(1, '1')]": "false",
		"[equals(createArray(1, 2), createArray(1, 2))]": "true", "[equals(createObject('a', 'b'), createObject('a', 'c'))]": "false", "[equals(null(), null())]": "true",
		"[less(1, 2)]": "true", "[greaterOrEquals(2, 2)]": "true", "[greater('a', 'b')]": "?", "[lessOrEquals('a', 'a')]": "true",

		"[array(1)]": "[1]", "[array(createArray(1))]": "[1]", "[createObject('a', 1, 'b', createArray())]": "{a:1 b:[]}", "[empty('')]": "true", "[empty(createObject())]": "true", "[empty(createArray(1))]": "false",
		"[union(createArray(1, 2), createArray(2, 3))]": "[1 2 3]", "[union(createObject('a', createObject('x', 1)), createObject('a', createObject('y', 2), 'b', 3))]": "{a:{x:1 y:2} b:3}",
		"[intersection(createArray('a', 'b'), createArray('b', 'c'))]": "['b']", "[intersection(createObject('a', 1, 'b', 2), createObject('a', 1, 'b', 3))]": "{a:1}",
		"[flatten(createArray(createArray(1), createArray(2, 3)))]": "[1 2 3]", "[items(createObject('b', 2, 'a', 1))]": "[{key:'a' value:1} {key:'b' value:2}]",
		"[objectKeys(createObject('a', 1, 'b', 2))]": "['a' 'b']", "[shallowMerge(createArray(createObject('a', createObject('x', 1)), createObject('a', 2)))]": "{a:2}",
		"[tryGet(createObject('a', createArray(7)), 'a', 0)]": "7", "[tryGet(createObject('a', 1), 'b')]": "null",

		"[map(createArray(1, 2), lambda('x', add(lambdaVariables('x'), 1)))]":                                                                         "[2 3]",
		"[map(createArray('a'), lambda('x', 'i', concat(lambdaVariables('X'), lambdaVariables('i'))))]":                                               "['a0']",
		"[filter(range(0, 5), lambda('x', greater(lambdaVariables('x'), 2)))]":                                                                        "[3 4]",
		"[reduce(range(1, 4), 0, lambda('sum', 'x', add(lambdaVariables('sum'), lambdaVariables('x'))))]":                                             "10",
		"[sort(createArray(3, 1, 2), lambda('a', 'b', less(lambdaVariables('a'), lambdaVariables('b'))))]":                                            "[1 2 3]",
		"[toObject(createArray('a', 'b'), lambda('k', concat('k', lambdaVariables('k'))), lambda('v', length(lambdaVariables('v'))))]":                "{ka:1 kb:1}",
		"[groupBy(createArray('ab', 'ac', 'b'), lambda('x', first(lambdaVariables('x'))))]":                                                           "{a:['ab' 'ac'] b:['b']}",
		"[mapValues(createObject('a', 1), lambda('v', mul(lambdaVariables('v'), 2)))]":                                                                "{a:2}",
		"[map(createArray(1), lambda('x', map(createArray(2), lambda('y', concat(string(lambdaVariables('x')), string(lambdaVariables('y')))))))[0]]": "['12']",
	} {
		if got, problems := evaluate(t, scope(t, template), expression); shown(got) != want {
			t.Errorf("%s is %s %v, want %s", expression, shown(got), problems, want)
		}
	}
}

func TestNames(t *testing.T) {
	for expression, want := range map[string]string{
		"[parameters('name')]": "'gw'", "[PARAMETERS('Name')]": "'gw'", "[variables('gateway')]": "'gw-weu'", "[parameters('fromOther')]": "'gw-x'",
		"[parameters('settings').port]": "443", "[parameters('settings').HOSTS[1]]": "'b.example'", "[parameters('settings')['port']]": "443",
		"[parameters('settings').?none]": "null", "[parameters('settings').off.?x]": "null", "[parameters('settings').hosts[?9]]": "null", "[coalesce(parameters('settings').?none, 'd')]": "'d'",
		"[parameters('maybe')]": "null", "[variables('names')]": "['p1' 'p2' 'p3']", "[variables('mixed')[1]]": "'known'",
		"[contoso.host('CHAT')]": "'chat.service.signalr.net'", "[Contoso.Twice('a')]": "'a.service.signalr.net!'",
		"[parameters('open')]": "?", "[concat('x', parameters('open'))]": "?", "[variables('mixed')[0]]": "?", "[createArray(parameters('open'), 1)]": "[? 1]",
		"[if(equals(parameters('open'), 'x'), 1, 1)]": "1", "[if(equals(parameters('open'), 'x'), 1, 2)]": "?",
		"[and(equals(parameters('open'), 'x'), false())]": "false", "[or(equals(parameters('open'), 'x'), true())]": "true",
		"[resourceGroup().location]": "?", "[uniqueString('a')]": "?", "[deployment().name]": "?",
		" plain": "' plain'", "[[escaped]": "'[escaped]'", "[[open": "'[[open'", "[x": "'[x'", "[]": "?",
	} {
		if got, problems := evaluate(t, scope(t, template), expression); shown(got) != want {
			t.Errorf("%s is %s %v, want %s", expression, shown(got), problems, want)
		}
	}
}

func TestIDsAreKnownAsFarAsTheyCanBe(t *testing.T) {
	const probes = "'Microsoft.Network/applicationGateways/probes'"
	for expression, want := range map[string]string{
		"[resourceId(" + probes + ", 'gw', 'p')]":                                                  "/applicationGateways/gw/probes/p",
		"[resourceId(" + probes + ", 'gw/p')]":                                                     "/applicationGateways/gw/probes/p",
		"[resourceId('rg', " + probes + ", 'gw', 'p')]":                                            "/resourceGroups/rg/providers/Microsoft.Network/applicationGateways/gw/probes/p",
		"[resourceId('sub', 'rg', " + probes + ", 'gw', 'p')]":                                     "/subscriptions/sub/resourceGroups/rg/providers/Microsoft.Network/applicationGateways/gw/probes/p",
		"[resourceId(" + probes + ", parameters('open'), 'p')]":                                    "/probes/p",
		"[concat(resourceId('Microsoft.Network/applicationGateways', 'gw'), '/probes/p')]":         "/applicationGateways/gw/probes/p",
		"[concat(resourceGroup().id, '/providers/Microsoft.Network/x/', 'y')]":                     "/providers/Microsoft.Network/x/y",
		"[format('{0}/providers/A.B/c/{1}', subscription().id, 'd')]":                              "/providers/A.B/c/d",
		"[concat('/subscriptions/', subscription().subscriptionId, '/providers/A.B/c/d')]":         "/providers/A.B/c/d",
		"[subscriptionResourceId('A.B/c', 'd')]":                                                   "/providers/A.B/c/d",
		"[resourceId('A.B/c/', 'd')]":                                                              "/providers/A.B/c/d",
		"[tenantResourceId('A.B/c', 'd')]":                                                         "/providers/A.B/c/d",
		"[managementGroupResourceId('A.B/c', 'd')]":                                                "/providers/A.B/c/d",
		"[extensionResourceId(resourceId('A.B/c', 'd'), 'E.F/g', 'h')]":                            "/providers/A.B/c/d/providers/E.F/g/h",
		"[last(split(resourceId('A.B/c', 'd'), '/'))]":                                             "d",
		"[resourceId(" + probes + ", 'gw', parameters('open'))]":                                   "?",
		"[length(resourceId('A.B/c', 'd'))]":                                                       "?",
		"[equals(resourceId('A.B/c', 'd'), resourceId('A.B/c', 'd'))]":                             "?",
		"[concat('https://', parameters('open'), '/x')]":                                           "?",
		"[map(createArray('p'), lambda('x', resourceId('A.B/c', parameters('open'))))[0]]":         "?",
		"[reference(resourceId('Microsoft.SignalRService/SignalR', 'Chat'), '2023').hostName]":     "chat.service.signalr.net",
		"[reference('signalr').hostName]":                                                          "chat.service.signalr.net",
		"[reference('signalr', '2023', 'full').properties.hostName]":                               "chat.service.signalr.net",
		"[reference('signalr').externalIP]":                                                        "?",
		"[reference('other').hostName]":                                                            "?",
		"[reference(resourceId('Microsoft.SignalRService/signalR', parameters('open'))).hostName]": "?",
		"[listKeys(resourceId('A.B/c', 'd'), '2023').primaryKey]":                                  "?",
	} {
		got, problems := evaluate(t, scope(t, template), expression)
		if text := got.Text(); want == "?" != (got.Kind() == jsontree.Unknown) || want != "?" && !strings.HasSuffix(text, want) {
			t.Errorf("%s is %s %v, want %s", expression, shown(got), problems, want)
		}
	}
}

func TestWhatBeginsUnknownIsKnownByItsEndWhereAnIDStands(t *testing.T) {
	for expression, want := range map[string]string{
		"[concat(parameters('open'), '/probes/p')]":                                               "/probes/p",
		"[format('{0}/probes/p', parameters('open'))]":                                            "/probes/p",
		"[concat(resourceId('A.B/c', guid('x')), '/probes/p')]":                                   "/probes/p",
		"[concat(variables('gateway'), '/probes/p')]":                                             "/probes/p",
		"[concat(parameters('open'), '/probes/', 'p')]":                                           "/probes/p",
		"[if(equals(parameters('open'), 'x'), concat(parameters('open'), '/probes/p'), 'other')]": "?",
		"[concat('/probes/', parameters('open'))]":                                                "?",
		"[parameters('open')]":                                                                    "?",
	} {
		const withVariable = `{"parameters":{"open":{"type":"string"}},"variables":{"gateway":"[resourceId('A.B/c', guid('x'))]"},"resources":[]}`
		got := member(t, scope(t, withVariable), "id", expression)
		if text := got.Text(); want == "?" != (got.Kind() == jsontree.Unknown) || want != "?" && !strings.HasSuffix(text, want) {
			t.Errorf("the id %s is %s, want %s", expression, shown(got), want)
		}
	}
	if got := member(t, scope(t, template), "path", "[concat(parameters('open'), '/client/*')]"); got.Kind() != jsontree.Unknown {
		t.Errorf("where no id stands it is %s", shown(got))
	}
}

// member is the value of an expression that stands as a member of an object.
func member(t testing.TB, s *armexpr.Scope, name, expression string) *jsontree.Node {
	t.Helper()
	doc, err := jsontree.Parse("object.json", []byte(`{"`+name+`":"`+expression+`"}`), jsontree.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return s.Value(doc.Root, nil).Get(name)
}

func TestListsOfIDsAreSealedToo(t *testing.T) {
	got, _ := evaluate(t, scope(t, template), "[map(createArray('p'), lambda('x', resourceId('A.B/c', parameters('open'))))]")
	if shown(got) != "[?]" || !strings.HasPrefix(got.At(0).Text(), "parameter open has no value") {
		t.Errorf("the list is %s: %s", shown(got), got.At(0).Text())
	}
}

func TestUnknownValuesSayWhatIsMissing(t *testing.T) {
	for expression, want := range map[string]string{
		"[concat('x', parameters('open'))]":              "parameter open has no value: give its parameters file, or an export of what was deployed",
		"[parameters('secret')]":                         "parameter secret is secure, and is not read",
		"[resourceGroup().location]":                     "resourcegroup() is known only where and when the template is deployed",
		"[reference(resourceId('A.B/c', 'd')).x]":        "the state of A.B/c d is known to Azure only: give an export of what was deployed",
		"[listKeys('x', '1').key]":                       "listkeys() gives keys that only Azure knows",
		"[equals('a', 'A')]":                             "whether equals() tells apart what differs in letter case only is not documented",
		"[resourceId('A.B/c', 'x', parameters('open'))]": "parameter open has no value: give its parameters file, or an export of what was deployed",
		"[uniqueString(resourceGroup().id)]":             "uniquestring() is known only where and when the template is deployed",
		"[length(resourceId('A.B/c', 'd'))]":             "the resource group",
	} {
		if got, _ := evaluate(t, scope(t, template), expression); got.Kind() != jsontree.Unknown || got.Text() != want {
			t.Errorf("%s is %s because %q, want %q", expression, shown(got), got.Text(), want)
		}
	}
}

// TestMistakesHavePlaces asks for the column in the string at which each expression is wrong; ! marks what Azure refuses.
func TestMistakesHavePlaces(t *testing.T) {
	for expression, want := range map[string]string{
		"[concat('a']":                      "12! a comma or a closing parenthesis should stand here",
		"[concat('a' 'b')]":                 "13! a comma or a closing parenthesis should stand here",
		"[concat('a)]":                      "9! the string that begins here does not end",
		"[concat(\"a\")]":                   "9! strings in expressions stand in single quotes",
		"[true]":                            "6! an opening parenthesis should stand here: every name is a function",
		"[]":                                "2! the expression ends too early",
		"[add(1, 99999999999999999999)]":    "9! this is no integer",
		"[null() x]":                        "9! the expression goes on after its end",
		"[concat('a').]":                    "14! the name of a property should stand here",
		"[concat('a')[0]":                   "15! a closing bracket should stand here",
		"[concat('a', #)]":                  "14! a function, a string or a number should stand here",
		"[parameters('none')]":              "2! the template has no parameter \"none\"",
		"[concat('x', variables('none'))]":  "14! the template has no variable \"none\"",
		"[contoso.none()]":                  "2! the template has no function contoso.none",
		"[contoso.host()]":                  "2! contoso.host() takes 1 arguments, not 0",
		"[contoso.outside()]":               "elsewhere! the template has no parameter \"name\"",
		"[concat('a', nosuch())]":           "14 the function nosuch() is not known here",
		"[if(true(), 1)]":                   "2! if() does not take 2 arguments",
		"[parameters('settings').none]":     "25 the object has no member \"none\"",
		"[parameters('settings').hosts[2]]": "31 the list has 2 items, and none with the number 2",
		"[add('a', 1)]":                     "2 add() does not take a string and a number",
		"[copyIndex()]":                     "2 copyIndex() stands in no loop",
		"[variables('a')]":                  "elsewhere! variable a refers to itself: variable a → variable b → variable c → variable a",
		"[map(createArray(1), add(1, 1))]":  "22! a lambda() should stand here",
		"[lambdaVariables('x')]":            "2! no lambda function has a variable of that name",
	} {
		t.Run(expression, func(t *testing.T) {
			text := `{"v":"` + strings.ReplaceAll(expression, `"`, `\"`) + `",` + template[1:]
			doc, err := jsontree.Parse("main.json", []byte(text), jsontree.Options{KeepText: true})
			if err != nil {
				t.Fatal(err)
			}
			s := armexpr.NewScope(doc.Root, nil)
			s.Value(doc.Root.Get("v"), nil)
			var got []string
			for _, p := range s.Problems() {
				mark := map[bool]string{true: "!"}[p.Refused]
				at := fmt.Sprint(p.At.Span().Col - len(`{"v":"`))
				if p.At.Span().Line > 1 {
					at = "elsewhere"
				}
				got = append(got, at+mark+" "+p.Message)
			}
			if !slices.Equal(got, []string{want}) {
				t.Errorf("the problems are %q, want %q", got, want)
			}
		})
	}
}

func TestValuesKnowWhereTheyCameFrom(t *testing.T) {
	for expression, want := range map[string]string{
		"[variables('gateway')]":                "13 variable gateway|4 default of parameter name|14 variable suffix",
		"[parameters('settings').port]":         "7 default of parameter settings",
		"[variables('names')[1]]":               "17 variable names|17 turn 2 of loop names",
		"[concat('x', parameters('open'))]":     "5 parameter open",
		"[contoso.host(parameters('name'))]":    "20 function contoso.host|1 argument service|4 default of parameter name",
		"[if(true(), parameters('name'), 'x')]": "4 default of parameter name",
		"[concat('a', 'b')]":                    "",
		"[reference('signalr').hostName]":       "25 host name of Azure SignalR Chat in Azure's public cloud",
	} {
		value, _ := evaluate(t, scope(t, template), expression)
		if value.Span().File != "e.json" {
			t.Errorf("%s stands at %v, not where the expression is", expression, value.Span())
		}
		var got []string
		for _, n := range value.Notes() {
			got = append(got, fmt.Sprintf("%d %s", n.Span.Line, n.Text))
		}
		if joined := strings.Join(got, "|"); joined != want {
			t.Errorf("%s came from %q, want %q", expression, joined, want)
		}
	}
}

func TestSecretsStaySecretsOnTheirWay(t *testing.T) {
	for expression, want := range map[string]bool{
		"[concat('AccessKey=', listKeys('x', '1').primaryKey)]":     true,
		"[createObject('a', parameters('secret')).a]":               true,
		"[format('{0}', listConnectionStrings('x', '1').x[0].y)]":   true,
		"[parameters('open')]":                                      false,
		"[if(equals(parameters('open'), 'x'), listKeys('x'), 'y')]": true,
	} {
		value, _ := evaluate(t, scope(t, template), expression)
		if got := value.Secret() != nil; got != want {
			t.Errorf("%s is a secret: %v, want %v", expression, got, want)
		}
		if strings.Contains(shown(value)+value.Text(), "hidden") {
			t.Errorf("%s gives a secret away", expression)
		}
	}
}

func TestValuesThatAreNotAllowedAreRefused(t *testing.T) {
	s := scope(t, template)
	_, problems := evaluate(t, s, "[parameters('size')]")
	if len(problems) != 1 || !strings.Contains(problems[0], "allowedValues") || !s.Problems()[0].Refused {
		t.Errorf("the problems are %q", problems)
	}
}

func TestGivenValuesWin(t *testing.T) {
	doc, err := jsontree.Parse("main.json", []byte(template), jsontree.Options{})
	if err != nil {
		t.Fatal(err)
	}
	values := jsontree.NewSource("main.parameters.json", nil)
	given := map[string]armexpr.Given{"name": {Value: jsontree.NewString(values.Place(0, 1), "other"), What: "value of parameter name"}}
	got, _ := evaluate(t, armexpr.NewScope(doc.Root, given), "[variables('gateway')]")
	if notes := got.Notes(); got.Text() != "other-weu" || len(notes) < 2 || notes[1].Span.File != "main.parameters.json" {
		t.Errorf("the value is %q, from %v", got.Text(), got.Notes())
	}
}

func TestPropertyLoops(t *testing.T) {
	for text, want := range map[string]string{
		`{"a":1,"copy":[{"name":"ports","count":2,"input":{"n":"[concat('p', copyIndex('ports'))]","o":"[copyIndex('ports', 1)]"}}]}`: `{a:1 ports:[{n:'p0' o:1} {n:'p1' o:2}]}`,
		`{"copy":[{"name":"x","count":"[length(variables('names'))]","input":"[variables('names')[copyIndex('x')]]"}]}`:               `{x:['p1' 'p2' 'p3']}`,
		`{"copy":[{"name":"x","count":0,"input":1}]}`:                      `{x:[]}`,
		`{"copy":[{"name":"x","count":"[parameters('open')]","input":1}]}`: `{x:?}`,
		`{"copy":[{"name":"x","count":801,"input":1}]}`:                    `{x:?}`,
		`{"copy":[{"name":"x","count":"2","input":1}]}`:                    `{x:?}`,
		`{"copy":"no loop"}`: `{copy:'no loop'}`,
		`{"copy":[{"name":"o","count":2,"input":{"copy":[{"name":"i","count":2,"input":"[concat(copyIndex('o'), copyIndex('i'))]"}]}}]}`: `{o:[{i:['00' '01']} {i:['10' '11']}]}`,
	} {
		doc, err := jsontree.Parse("x.json", []byte(text), jsontree.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if got := shown(scope(t, template).Value(doc.Root, nil)); got != want {
			t.Errorf("%s is %s, want %s", text, got, want)
		}
	}
}

func TestResourceLoops(t *testing.T) {
	turn := &armexpr.Turn{Loop: "gateways", Index: 2, Resource: true}
	inner := &armexpr.Turn{Loop: "probes", Index: 5, Outer: turn}
	s := scope(t, template)
	for expression, want := range map[string]string{
		"[copyIndex()]": "2", "[copyIndex(1)]": "3", "[copyIndex('GATEWAYS')]": "2", "[copyIndex('probes', 10)]": "15", "[copyIndex('none')]": "?",
	} {
		src := jsontree.NewSource("e.json", nil)
		if got := shown(s.Value(jsontree.NewString(src.Place(0, 1), expression), inner)); got != want {
			t.Errorf("%s is %s, want %s", expression, got, want)
		}
	}
}

func TestValuesThatDoNotChangeAreNotCopied(t *testing.T) {
	doc, err := jsontree.Parse("x.json", []byte(`{"a":[1,{"b":"c"}]}`), jsontree.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if s := scope(t, template); s.Value(doc.Root, nil) != doc.Root {
		t.Error("a value without expressions was copied")
	}
}
