package azure

import (
	"fmt"
	"strconv"

	"github.com/asrscheck/asrscheck/parsers/internal/jsontree"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

// The members of a page that tell of others: as Azure CLI, PowerShell and the REST API spell them (learn.microsoft.com,
// "Working with large Azure resource data sets").
var (
	tokens = []string{"skip_token", "$skipToken", "skipToken"}
	totals = []string{"total_records", "totalRecords"}
)

// graphPage reports what a page of Resource Graph leaves out.
func (r *reader) graphPage(root *jsontree.Node) {
	if data := root.Get("data"); data.Kind() == jsontree.Object {
		r.problem(routing.Problem{
			Span: data.NameSpan(), Kind: routing.Unread, Message: "the rows are in table format, which was not read",
			Fix: `ask Resource Graph for "resultFormat": "objectArray"`,
		})
	}
	for _, name := range tokens {
		if n := root.Get(name); !n.Unset() && n.Text() != "" {
			r.partial(n, "the page says that there are more ("+name+" is set)", "export all pages: az graph query --first 1000 --skip-token …")
			return
		}
	}
	for _, name := range totals {
		if total, err := strconv.Atoi(root.Get(name).Text()); err == nil && total > r.items {
			r.partial(root.Get(name), fmt.Sprintf("the page holds %d of %d records", r.items, total), "export all pages: az graph query --first 1000 --skip-token …")
			return
		}
	}
	if n := root.Get("resultTruncated"); equalFold(n.Text(), "true") {
		r.partial(n, "Resource Graph truncated the result", "ask for fewer columns or rows")
	}
}

// restPage reports a list of which only one page was saved.
func (r *reader) restPage(root *jsontree.Node) {
	for _, name := range []string{"nextLink", "@odata.nextLink", "NextLink"} {
		if n := root.Get(name); !n.Unset() && n.Text() != "" {
			r.partial(n, "the page says that there are more (nextLink is set)", "follow nextLink until there is none, or use az … list, which does")
			return
		}
	}
}

func (r *reader) partial(n *jsontree.Node, message, fix string) {
	r.problem(routing.Problem{Span: n.NameSpan(), Kind: routing.Truncated, Message: "partial export: " + message, Fix: fix})
}
