package reports

import (
	"strings"
	"testing"
)

func TestHintsStandInEverySecretThatIsFound(t *testing.T) {
	const secret = "abcdefghijklmnop0123"
	for _, text := range []string{
		"set\t$api_key " + secret, "SET $db_password \"" + secret + "\"", "Sets\nvariable my_pwd to " + secret,
		"Bearer%20" + secret, "BASIC+" + secret, "bearer\f" + secret, "access%5FTOKEN%3D" + secret, "&acceſſ_token=" + secret, "?Sig=" + secret,
		`"Parameter" : "` + secret + `"`, `"Code":["` + secret + `"]`, `"x-functions-KEY": [ "` + secret + `"`,
	} {
		if got := Redact(text); strings.Contains(got, secret) {
			t.Errorf("%q is told as %q", text, got)
		}
	}
}
