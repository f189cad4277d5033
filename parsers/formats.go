package parsers

import (
	"github.com/asrscheck/asrscheck/parsers/akamai"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

// Format is one kind of input that is read.
type Format struct {
	Name  string // for --as
	Title string

	recognizes func(source) bool
	load       func(source, Options) loaded
	// together is there instead of load where inputs refer to each other and are read as one.
	together func([]source, Options) loaded
}

// loaded is what one source gave.
type loaded struct {
	gateways []*routing.Gateway
	services []routing.Service
	problems []routing.Problem
	files    []string // other files that were read as a part of this one, and need not be read again
	along    []string // other files that were read along, by the names that places have
	note     string   // how it was read, where that is not plain
	form     string   // the form within the format
	items    []routing.Item
	hidden   []routing.Span // where secrets stand
	akamai   []akamai.Block // resources of Akamai's in what Terraform writes
}

// formats are all formats, in the order in which they are tried.
var formats = []Format{terraformFormat, apiopsFormat, azureFormat, akamaiFormat, kubernetesFormat, policyFormat, nginxFormat, bicepFormat}

// Formats are the formats that are read.
func Formats() []Format { return formats }

// FormatByName finds a format; nil when there is none of that name.
func FormatByName(name string) *Format {
	for i := range formats {
		if formats[i].Name == name {
			return &formats[i]
		}
	}
	return nil
}
