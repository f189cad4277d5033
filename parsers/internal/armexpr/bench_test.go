package armexpr_test

import (
	"testing"

	"github.com/asrscheck/asrscheck/parsers/internal/jsontree"
)

func BenchmarkEvaluate(b *testing.B) {
	const expression = "[toLower(format('{0}.{1}', variables('gateway'), parameters('settings').hosts[0]))]"
	s := scope(b, template)
	n := jsontree.NewString(jsontree.NewSource("e.json", nil).Place(0, 1), expression)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		if i%10_000 == 0 { // steps are bounded for one template
			s = scope(b, template)
		}
		if got := s.Value(n, nil); got.Text() != "gw-weu.a.example" {
			b.Fatal(got.Text())
		}
	}
}
