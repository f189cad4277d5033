package azure_test

import (
	"strings"
	"testing"

	"github.com/asrscheck/asrscheck/parsers/azure"
	"github.com/asrscheck/asrscheck/parsers/internal/azurerm"
	"github.com/asrscheck/asrscheck/parsers/internal/jsontree"
)

// attributes parses an object in which {"attribute": "address.name"} stands for a value that is another resource's attribute.
func attributes(t *testing.T, text string) *jsontree.Node {
	t.Helper()
	doc, err := jsontree.Parse("main.tf.json", []byte(text), jsontree.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for child := range doc.Root.All() {
		if of := child.Get("attribute"); of != nil {
			child.SetUnknown("known after apply")
			child.AddOrigins(&jsontree.Origin{What: of.Text(), At: child.Place(), Attribute: of.Text()})
		}
	}
	return doc.Root
}

func fromTerraform(t *testing.T, all ...azurerm.Resource) ([]*azure.Resource, azure.Report) {
	t.Helper()
	var out []*azure.Resource
	report, err := azure.FromTerraform(all, azure.Plan, func(r *azure.Resource) error {
		out = append(out, r)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out, report
}

func TestAPartOfAResourceIsPutWhereItBelongs(t *testing.T) {
	service := func() azurerm.Resource {
		return azurerm.Resource{Address: "azurerm_signalr_service.x", Type: "azurerm_signalr_service", Attributes: attributes(t, `{"name":"chat"}`)}
	}
	for _, of := range []string{`{"attribute":"azurerm_signalr_service.x.id"}`, `"/subscriptions/s/resourceGroups/g/providers/Microsoft.SignalRService/signalR/chat"`} {
		acl := azurerm.Resource{
			Address: "azurerm_signalr_service_network_acl.x", Type: "azurerm_signalr_service_network_acl",
			Attributes: attributes(t, `{"default_action":"Deny","signalr_service_id":`+of+`}`),
		}
		resources, report := fromTerraform(t, acl, service())
		if len(resources) != 1 || len(report.Problems) > 0 {
			t.Fatalf("%d resources, problems %v", len(resources), report.Problems)
		}
		if got := resources[0].Child("networkACLs").Get("defaultAction").Text(); got != "Deny" {
			t.Errorf("with id %s the service's default action is %q", of, got)
		}
		_, report = fromTerraform(t, acl)
		if got := problems(report); !strings.Contains(got, "azurerm_signalr_service_network_acl.x changes a resource that was not read") {
			t.Errorf("alone, it gives the problems %q", got)
		}
	}
}

func TestAnAttributeOfAServiceIsItsHostName(t *testing.T) {
	resources, _ := fromTerraform(t,
		azurerm.Resource{Address: "azurerm_signalr_service.x", Type: "azurerm_signalr_service", Attributes: attributes(t, `{"name":"chat"}`)},
		azurerm.Resource{Address: "x.y", Type: "azapi_resource", Attributes: attributes(t, `{"type":"A.B/c@1","name":{"attribute":"azurerm_signalr_service.x.hostname"}}`)},
	)
	if len(resources) != 2 || resources[1].Title != "chat.service.signalr.net" {
		t.Fatalf("read as %+v", resources)
	}
	if notes := resources[1].Node.Get("name").Notes(); len(notes) != 2 {
		t.Errorf("its notes are %v", notes)
	}
}

func TestResourcesOfUnmappedTypesStayAsTheyAre(t *testing.T) {
	resources, report := fromTerraform(t, azurerm.Resource{Address: "azurerm_storage_account.x", Type: "azurerm_storage_account", Attributes: attributes(t, `{"name":"s","primary_access_key":"k"}`)})
	if len(resources) != 1 || resources[0].Type != "azurerm_storage_account" || resources[0].Title != "azurerm_storage_account.x" {
		t.Errorf("read as %+v", resources)
	}
	if len(report.Secrets) != 1 || resources[0].Get("primary_access_key").Text() != "***" {
		t.Errorf("the secrets found are %v", report.Secrets)
	}
}
