package refproxy

import (
	"testing"

	"github.com/asrscheck/asrscheck/conformance"
)

func TestEveryDefectIsDescribed(t *testing.T) {
	seen := map[string]bool{}
	for _, d := range Defects() {
		if seen[d.Name] || d.Name == "" || d.Does == "" || d.parts() != 1 {
			t.Errorf("defect %q stands twice or lacks a part", d.Name)
		}
		seen[d.Name] = true
		for _, id := range d.Breaks {
			if _, ok := conformance.RequirementByID(id); !ok {
				t.Errorf("defect %s breaks %q, which is no requirement", d.Name, id)
			}
		}
		if found, ok := DefectByName(d.Name); !ok || found.Does != d.Does {
			t.Errorf("defect %s is not found by its name", d.Name)
		}
	}
	if _, ok := DefectByName("none"); ok {
		t.Error("a defect is found that does not exist")
	}
}

// parts counts the places at which a defect sits.
func (d *Defect) parts() int {
	n := 0
	for _, there := range []bool{d.plan != nil, d.gateway != nil, d.probe != nil, d.tls != nil, d.atOnce > 0, d.hold != nil, d.once != nil, d.reads != nil, d.replies != nil, d.socket != nil, d.cuts > 0, d.logs, d.reload} {
		if there {
			n++
		}
	}
	return n
}
