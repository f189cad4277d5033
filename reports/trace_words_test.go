package reports

import "testing"

func TestNamesOfWhichAnyWillDoAreToldOnceEach(t *testing.T) {
	if got := anyOf("b.example.com a.example.com b.example.com"); got != "a.example.com or b.example.com" {
		t.Errorf("the names are told as %q", got)
	}
}
