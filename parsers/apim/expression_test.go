package apim_test

import (
	"strings"
	"testing"

	"github.com/asrscheck/asrscheck/parsers/routing"
)

// computed is what an expression comes to for one request.
func computed(t *testing.T, expression string) routing.Value {
	t.Helper()
	inbound := `<set-variable name="text" value="a,b" /><set-variable name="on" value="@(true)" /><set-variable name="number" value="@(40 + 2)" />` +
		`<set-header name="X-Out" exists-action="override"><value>` + expression + `</value></set-header>`
	parts := realtime("GET /{id}")
	parts[1].properties["displayName"] = "Get one"
	g := gateway(t, append(parts, policyOf("rt/policy", inbound, "<base />", ""))...)
	paths := ask(g, "GET", "/client/Seven?hub=chat&asrs_request_id=g1vF%3D&n=5", "X-A: Alpha", "X-N: 12")
	if len(paths) != 1 || paths[0].Delivery == nil {
		t.Fatalf("%s: %s", expression, told(paths))
	}
	if out := paths[0].Delivery.Header("X-Out"); len(out) == 1 {
		return out[0]
	}
	return routing.Value{}
}

func TestExpressionsComeToWhatCSharpMakesOfThem(t *testing.T) {
	for expression, want := range map[string]string{
		`plain`: "plain",
		`@(context.Request.Method + " " + context.Request.OriginalUrl.Host)`:                                "GET rt.contoso.example",
		`@(context.Request.OriginalUrl.Path + context.Request.Url.QueryString)`:                             "/client/Seven?hub=chat&asrs_request_id=g1vF%3D&n=5",
		`@(context.Request.OriginalUrl.Scheme + context.Request.OriginalUrl.Port)`:                          "https443",
		`@(context.Request.OriginalUrl.Query.GetValueOrDefault("asrs_request_id", "none"))`:                 "g1vF=",
		`@(context.Request.Url.Query.GetValueOrDefault("absent", "none"))`:                                  "none",
		`@(context.Request.Url.Query.ContainsKey("hub"))`:                                                   "True",
		`@(context.Request.Headers.GetValueOrDefault("x-a"))`:                                               "Alpha",
		`@(context.Request.Headers["X-A"][0] + context.Request.Headers["X-A"].First())`:                     "AlphaAlpha",
		`@(context.Request.Headers.ContainsKey("X-B") ? "b" : "no b")`:                                      "no b",
		`@(context.Request.MatchedParameters["id"])`:                                                        "Seven",
		`@(context.Request.IpAddress)`:                                                                      "192.0.2.7",
		`@(context.Api.Name + "/" + context.Api.Path + "/" + context.Operation.Method)`:                     "Realtime/client/GET",
		`@(((string)context.Variables["text"]).Split(',')[1])`:                                              "b",
		`@(context.Variables.GetValueOrDefault<string>("gone", "x"))`:                                       "x",
		`@((bool)context.Variables["on"] && !false)`:                                                        "True",
		`@((int)context.Variables["number"] / 2 + 1)`:                                                       "22",
		`@(context.Variables.ContainsKey("text") ? 1 : 2)`:                                                  "1",
		`@("aBc".ToUpper() + "aBc".ToLowerInvariant() + " x ".Trim() + "/a/".Trim('/'))`:                    "ABCabcxa",
		`@("abcabc".Replace("b", "").Substring(1, 2) + "abc".Substring(2))`:                                 "cac",
		`@("abc".StartsWith("AB", StringComparison.OrdinalIgnoreCase))`:                                     "True",
		`@("abc".StartsWith("AB"))`:                                                                         "False",
		`@("abc".EndsWith("bc") && "abc".Contains("b") && "abc".IndexOf("c") == 2)`:                         "True",
		`@("abc".Equals("ABC", StringComparison.InvariantCultureIgnoreCase))`:                               "True",
		`@(string.IsNullOrEmpty(context.Request.Headers.GetValueOrDefault("X-B", "")))`:                     "True",
		`@("abc".Length > 2 && "abc".Length <= 3)`:                                                          "True",
		`@(int.Parse(context.Request.Headers.GetValueOrDefault("X-N", "0")) % 5)`:                           "2",
		`@(Convert.ToInt32("1f", 16))`:                                                                      "31",
		`@((int)"A"[0])`:                                                                                    "65",
		`@("AB".Sum(c => (int)c) % 2)`:                                                                      "1",
		`@("abc".Last() == 'c')`:                                                                            "True",
		`@($"{context.Request.Method}-{"x".ToUpper()}")`:                                                    "GET-X",
		`@(string.Format("{0}:{1}", "a", 1))`:                                                               "a:1",
		`@(Uri.EscapeDataString("a b/~*"))`:                                                                 "a%20b%2F~%2A",
		`@(System.Net.WebUtility.UrlEncode("a b/~*"))`:                                                      "a+b%2F%7E*",
		`@(Uri.UnescapeDataString("a+b%2F"))`:                                                               "a+b/",
		`@(WebUtility.UrlDecode("a+b%2F"))`:                                                                 "a b/",
		`@(Math.Max(2, 3) + Math.Min(2, 3) + Math.Abs(0 - 4))`:                                              "9",
		`@(context.Operation.Name)`:                                                                         "Get one",
		`@(new[] { "a", "b" }[1] + new List<string> { "c" }[0])`:                                            "bc",
		`@{ var all = new string[] { "a", "b", "c" }; return all[7 % all.Length]; }`:                        "b",
		`@(MD5.Create().ComputeHash(Encoding.UTF8.GetBytes("abc"))[0] % 4)`:                                 "0",
		`@(BitConverter.ToString(new MD5CryptoServiceProvider().ComputeHash(Encoding.ASCII.GetBytes(""))))`: "D4-1D-8C-D9-8F-00-B2-04-E9-80-09-98-EC-F8-42-7E",
		`@{ using (var h = System.Security.Cryptography.SHA256.Create()) { return Convert.ToBase64String(h.ComputeHash(System.Text.Encoding.UTF8.GetBytes(""))); } }`: "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",
		`@(BitConverter.ToUInt32(SHA1.Create().ComputeHash(Encoding.UTF8.GetBytes("abc")), 0) % 8)`:                                                                   "1",
		`@(Encoding.UTF8.GetString(Convert.FromBase64String("YWI=")))`:                                                                                                "ab",
		`@{ var a = "x"; a += 1; return a; }`:        "x1",
		`@(Regex.IsMatch("/client/x", "^/client/"))`: "True",
		`@(null ?? "x")`: "x",
		`@(new[] { "GET", "POST" }.Contains(context.Request.Method))`:                        "True",
		`@(!(new List<string> { "PUT", "get" }).Contains(context.Request.Method))`:           "True",
		`@(context.Request.Url.Path.EndsWith("/seven", StringComparison.OrdinalIgnoreCase))`: "True",
		`@{ var a = "x"; if (a == "y") { return "no"; } a = a + "z"; return a; }`:            "xz",
		`@{ string a; a = "1"; if (a != "1") a = "2"; else { a = "3"; } return a; }`:         "3",
		`before @("in") after`: "before in after",
	} {
		if got := computed(t, expression); got.Text() != want || got.IsUnknown() {
			t.Errorf("%s comes to %s, want %q", expression, got, want)
		}
	}
}

func TestWhatCannotBeToldIsUnknownAndNamed(t *testing.T) {
	for expression, why := range map[string]string{
		`@(context.Response.StatusCode.ToString())`:                         "context.Response is known only when the service has answered",
		`@(context.RequestId.ToString())`:                                   "context.RequestId differs for every request",
		`@(context.Request.Body.As<string>())`:                              "context.Request.Body is the body",
		`@(Math.Abs(context.RequestId.GetHashCode()) % 2 == 0 ? "a" : "b")`: "it is another for each request",
		`@(Guid.NewGuid().ToString().StartsWith("8"))`:                      "it is another for each request",
		`@(DateTime.UtcNow.Ticks % 2 == 1)`:                                 "it is another for each request",
		`@(DateTime.UtcNow.Ticks > 638000000000000000)`:                     "DateTime is the time of the request",
		`@(context.RequestId.GetHashCode() % 2 == )`:                        "it is not read here",
		`@(DateTime.UtcNow.Hour % 2 == 1)`:                                  "DateTime is the time of the request",
		`@(context.Request.Url.Host)`:                                       "context.Request.Url is the URL to the backend",
		`@("a".GetHashCode() % 2)`:                                          "differs from process to process",
		`@(DateTime.UtcNow.ToString())`:                                     "DateTime is the time",
		`@(Foo.Bar(1))`:                                                     "Foo",
		`@{ foreach (var x in y) { } return "a"; }`:                         "statements with foreach are not followed",
		`@("a" +)`:                   "it is not read here: it ends too early",
		`@(2000000000 + 2000000000)`: "+ fails for this request",
		`@(int.Parse("3000000000"))`: "number in a text fails for this request",
		`@(new[] { "a" }[3])`:        "is not among the values of the list",
		`@{ if (context.Request.Method == "GET") { foreach (var x in y) { } } return "a"; }`: "statements with foreach are not followed",
		`{{secret}}`:                                                   `the named value "secret" was not read`,
		`@("abc".Substring(9))`:                                        "Substring fails for this request",
		`@("a/b/c".IndexOf("/", 2))`:                                   "is not followed",
		`@((12).ToString("D4"))`:                                       "is not followed",
		`@("a;b".Split(';').First(x => x == "b"))`:                     "is not followed",
		`@("ab".First(x => x == 'b'))`:                                 "is not followed",
		`@("ab".Sum(x => 2 * x))`:                                      "is not followed",
		`@("abc".StartsWith("AB", true, null))`:                        "is not followed",
		`@("aB".Replace("b", "", StringComparison.OrdinalIgnoreCase))`: "is not followed",
		`@(Regex.IsMatch("a", "A", RegexOptions.IgnoreCase | RegexOptions.Compiled))`: "is not followed",
		`@(context.Request.Url.Path.StartsWith("/Seven"))`:                            "of which parts it consists is not documented",
	} {
		if got := computed(t, expression); !got.IsUnknown() || !strings.Contains(got.Why(), why) {
			t.Errorf("%s comes to %s, want unknown because %s", expression, got, why)
		}
	}
}

func TestUnknownPartsDoNotMatterWhereTheRestDecides(t *testing.T) {
	for expression, want := range map[string]string{
		`@(false && context.Response.StatusCode == 200)`: "False",
		`@(context.RequestId == "x" || true)`:            "True",
		`@(true ? "a" : context.RequestId)`:              "a",
	} {
		if got := computed(t, expression); got.Text() != want {
			t.Errorf("%s comes to %s, want %q", expression, got, want)
		}
	}
}
