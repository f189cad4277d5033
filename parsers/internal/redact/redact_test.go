package redact_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/asrscheck/asrscheck/parsers/internal/redact"
)

// canary stands in every secret below: it must never survive.
const canary = "c4naryC4NARYc4nary"

func TestSecretsAreTakenOut(t *testing.T) {
	jwt := "eyJhbGciOiJIUzI1NiJ9.eyJhdWQiOiJ" + canary + "." + canary
	long := canary + strings.Repeat("A", 64-len(canary))
	for name, c := range map[string]struct{ text, want, what string }{
		"a connection string":       {"Endpoint=https://a.service.signalr.net;AccessKey=" + canary + "=;Version=1.0;", "Endpoint=https://a.service.signalr.net;AccessKey=***;Version=1.0;", "access key"},
		"in any letter case":        {"accesskey = " + canary, "accesskey = ***", "access key"},
		"a client secret":           {"AuthType=azure.app;ClientSecret=" + canary + ";x=1", "AuthType=azure.app;ClientSecret=***;x=1", "client secret"},
		"a storage key":             {"AccountKey=" + canary + "==", "AccountKey=***", "access key"},
		"a signature in a URL":      {"https://x.blob.core.windows.net/c?sv=1&sig=" + canary + "%2B&x=1", "https://x.blob.core.windows.net/c?sv=1&sig=***&x=1", "access token"},
		"a token in a query":        {"/client/?hub=chat&access_token=" + jwt, "/client/?hub=chat&access_token=***", "access token"},
		"a bearer token":            {"Authorization: Bearer " + canary, "Authorization: Bearer ***", "access token"},
		"a password":                {`proxy_set_header Authorization "Basic ` + canary + `==";`, `proxy_set_header Authorization "Basic ***";`, "password"},
		"a token alone":             {"x " + jwt + " y", "x *** y", "access token"},
		"a key of 32 bytes":         {canary + strings.Repeat("b", 43-len(canary)) + "=", "***", "access key"},
		"a key of 64 bytes":         {long + strings.Repeat("b", 22) + "==", "***", "access key"},
		"a key of the new kind":     {canary + strings.Repeat("b", 52-len(canary)) + "JQQJ99ACAACAAAAAAAAAAAASIGR0", "***", "access key"},
		"two secrets in one string": {"AccessKey=" + canary + ";AccessKey=" + canary, "AccessKey=***;AccessKey=***", "access key"},
	} {
		t.Run(name, func(t *testing.T) {
			clean, what := redact.String(c.text)
			if clean != c.want || what != c.what {
				t.Errorf("%q became %q (%s), want %q (%s)", c.text, clean, what, c.want, c.what)
			}
			if again, what := redact.String(clean); again != clean || what != "" {
				t.Errorf("what was redacted was redacted again: %q (%s)", again, what)
			}
		})
	}
}

func TestSecretsAreFoundWhereTheyStand(t *testing.T) {
	text := "a;\nset $x \"Endpoint=https://a;AccessKey=" + canary + ";\";\nb \"Bearer eyJhbGciOiJIUzI1NiJ9." + canary + ".x\"; c access_token=" + canary + canary + ";\nbasic realm;\n"
	var found []string
	for _, r := range redact.Find(text) {
		found = append(found, r.What+": "+text[r.Start:r.End])
	}
	want := []string{"access key: " + canary, "access token: eyJhbGciOiJIUzI1NiJ9." + canary + ".x", "access token: " + canary + canary}
	if !slices.Equal(found, want) {
		t.Errorf("found %q, want %q", found, want)
	}
}

func TestWhatIsNoSecretStays(t *testing.T) {
	for _, text := range []string{
		"", "chat.service.signalr.net", "Endpoint=https://a.service.signalr.net;AuthType=azure.msi;Version=1.0;",
		"AccessKey=<access key>", "AccessKey={key}", "AccessKey=#{AsrsKey}#", "AccessKey=@Microsoft.KeyVault(SecretUri=https://v.vault.azure.net/secrets/n)",
		"[concat('Endpoint=https://a;AccessKey=', parameters('key'), ';Version=1.0;')]", "hub={var_arg_hub}&access_token={var_arg_access_token}",
		"/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg/providers/Microsoft.Network/applicationGateways/gw/probes/p",
		"W/\"6f0a7f3e-0000-4b0c-8f5d-1f2a3b4c5d6e\"", "the bearer of this", "https://kv.vault.azure.net/secrets/cert",
	} {
		if clean, what := redact.String(text); clean != text || what != "" {
			t.Errorf("%q became %q (%s)", text, clean, what)
		}
	}
}

func FuzzStringIsIdempotent(f *testing.F) {
	f.Add("Endpoint=https://a;AccessKey=abcdefgh12345678=;Version=1.0;")
	f.Add("Bearer eyJhbGciOiJIUzI1NiJ9.eyJhdWQiOiJ4.abc")
	f.Fuzz(func(t *testing.T, s string) {
		once, _ := redact.String(s)
		if twice, _ := redact.String(once); twice != once {
			t.Errorf("%q became %q and then %q", s, once, twice)
		}
	})
}
