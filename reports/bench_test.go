package reports_test

import (
	"io"
	"testing"

	"github.com/asrscheck/asrscheck/conformance"
	"github.com/asrscheck/asrscheck/reports"
)

// manySubjects is a report of a thousand client endpoints.
func manySubjects() *conformance.Report {
	r := sample()
	for range 999 {
		r.Subjects = append(r.Subjects, nginxSubject())
	}
	return r
}

func BenchmarkNew(b *testing.B) {
	r := manySubjects()
	for b.Loop() {
		reports.New(r, sampleSources)
	}
}

func BenchmarkWrite(b *testing.B) {
	d := reports.New(manySubjects(), sampleSources)
	for _, f := range reports.Formats() {
		b.Run(f.Name, func(b *testing.B) {
			for b.Loop() {
				if err := f.Write(io.Discard, d); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
