package parsers_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/asrscheck/asrscheck/parsers"
)

func TestAListThatIsCutOffGivesNoGateways(t *testing.T) {
	one, err := os.ReadFile("../fixtures/appgateway/ok/howto_az.json")
	if err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(t.TempDir(), "list.json")
	if err := os.WriteFile(name, []byte("["+string(one)+","+string(one[:len(one)/2])), 0o600); err != nil {
		t.Fatal(err)
	}
	estate := parsers.Load([]string{name}, parsers.Options{})
	if len(estate.Gateways) != 0 || len(estate.Problems) != 1 || !strings.Contains(estate.Problems[0].Message, "cut off") {
		t.Errorf("%d gateways, problems %+v", len(estate.Gateways), estate.Problems)
	}
}
