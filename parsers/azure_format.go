package parsers

import (
	"strings"

	"github.com/asrscheck/asrscheck/parsers/appgateway"
	"github.com/asrscheck/asrscheck/parsers/azure"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

var azureFormat = Format{
	Name: "azure", Title: "JSON of Azure resources: az, REST, Resource Graph, PowerShell, ARM templates, Terraform plans and states, Pulumi stacks",
	recognizes: func(s source) bool { return azure.Detect(s.data) != azure.None },
	load:       loadAzure,
}

// gatewayTypes are the resource types that are gateways, and what compiles them.
var gatewayTypes = map[string]func(*azure.Resource) *routing.Gateway{
	strings.ToLower(azure.ApplicationGateway): appgateway.Lower,
}

func loadAzure(s source, o Options) loaded { return readAzure(s, azureFiles(s, o)) }

func readAzure(s source, files azure.Files) loaded {
	var out loaded
	report, err := azure.Stream(s.name, s.data, files, func(r *azure.Resource) error {
		if lower := gatewayTypes[strings.ToLower(r.Type)]; lower != nil {
			out.gateways = append(out.gateways, lower(r))
		}
		return nil
	})
	if err != nil { // the text is not whole, so that what came before the error is not to be judged either
		return loaded{problems: []routing.Problem{unreadable(s, err)}}
	}
	out.attach(report.Problems)
	out.files, out.along, out.note = report.Read, report.Read, strings.Join(report.Notes, "; ")
	return out
}

// attach gives the problems of a text to every gateway in it, because it concerns what is known of each; without gateways they stay
// with the input.
func (l *loaded) attach(problems []routing.Problem) {
	if len(l.gateways) == 0 {
		l.problems = append(l.problems, problems...)
		return
	}
	for _, g := range l.gateways {
		g.Problems = append(g.Problems, problems...)
	}
}
