package azure

import (
	"net/url"
	"path"
	"regexp"
	"strings"

	"github.com/asrscheck/asrscheck/parsers/internal/jsontree"
)

// policyFile is the name of a file in the expression that makes the link to it.
var policyFile = regexp.MustCompile(`[A-Za-z0-9_.-]+\.xml\b`)

// linkedPolicy puts the text of a policy of API Management in place of the link to it, where the file lies beside the template. So does the
// resource kit write what it extracts (github.com/Azure/azure-api-management-devops-resource-kit: policyXMLBaseUrl): links, which lead to wherever
// the files are uploaded for a deployment, and the files in a folder beside.
func (r *reader) linkedPolicy(res *Resource) {
	format, value := res.Get("format"), res.Get("value")
	if format == nil || res.Form != Template || r.files.Open == nil || !strings.HasSuffix(strings.ToLower(format.Text()), "xml-link") {
		return
	}
	for _, candidate := range linkedNames(value) {
		file, err := r.files.Open(res.Span().File, candidate)
		if err != nil {
			continue
		}
		whole := jsontree.NewKeptSource(file.Name, file.Text).Whole()
		value.SetValue(jsontree.NewString(whole, string(file.Text)))
		format.SetString(format.Text()[:len(format.Text())-len("-link")])
		r.report.Read = append(r.report.Read, file.Name)
		return
	}
}

// linkedNames are the paths under which the file of a link may lie beside the template, the longest first.
func linkedNames(link *jsontree.Node) []string {
	var folder string
	name := ""
	switch u, err := url.Parse(link.Text()); {
	case link.Kind() == jsontree.String && err == nil:
		folder, name = path.Base(path.Dir(u.Path)), path.Base(u.Path)
	case link.Kind() == jsontree.Unknown:
		if all := policyFile.FindAllString(link.Place().Text(), -1); len(all) == 1 {
			name = all[0]
		}
	}
	if !strings.HasSuffix(name, ".xml") {
		return nil
	}
	out := []string{path.Join("policies", name), name}
	if folder != "" && folder != "/" && folder != "." && folder != "policies" {
		out = append([]string{path.Join(folder, name)}, out...)
	}
	return out
}
