package main

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/asrscheck/asrscheck/conformance"
	"github.com/asrscheck/asrscheck/conformance/rules"
	"github.com/asrscheck/asrscheck/fixtures"
	"github.com/asrscheck/asrscheck/parsers"
	"github.com/asrscheck/asrscheck/reports"
)

// reportOf is the report on some inputs in every format, where lists of resources of that length are read piece by piece.
func reportOf(t *testing.T, longFrom int64, paths ...string) string {
	t.Helper()
	estate := parsers.Load(paths, parsers.Options{LongFrom: longFrom})
	report := conformance.Check(estate, conformance.Options{Rules: rules.All})
	d := reports.New(report, parsers.Sources(estate, nil))
	d.Rules = rules.All
	var out bytes.Buffer
	for _, f := range reports.Formats() {
		if err := f.Write(&out, d); err != nil {
			t.Fatal(err)
		}
	}
	return out.String()
}

// inBothWays compares reports on inputs that are read piece by piece with those on inputs that are read as a whole.
func inBothWays(t *testing.T, paths ...string) {
	t.Helper()
	pieces, whole := reportOf(t, 1, paths...), reportOf(t, 1<<40, paths...)
	if pieces == whole {
		return
	}
	a, b := strings.Split(pieces, "\n"), strings.Split(whole, "\n")
	for i := range a {
		if i >= len(b) || a[i] != b[i] {
			t.Fatalf("read piece by piece, line %d of the report on %s is\n%s\nand read as a whole\n%s", i+1, paths, a[i], b[min(i, len(b)-1)])
		}
	}
	t.Errorf("the report on %s has %d lines when it is read piece by piece, and %d when it is read as a whole", paths, len(a), len(b))
}

func TestAnExportReadPieceByPieceGivesTheSameReport(t *testing.T) {
	t.Chdir(root)
	err := fs.WalkDir(fixtures.Files, ".", func(name string, _ fs.DirEntry, err error) error {
		if err == nil && filepath.Ext(name) == ".json" {
			inBothWays(t, filepath.Join("fixtures", name))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	inBothWays(t, "fixtures/appgateway/ok/howto_graph.json", "fixtures/appgateway/ok/howto_rest_list.json", "fixtures/appgateway/ok/howto_graph.json", "fixtures/appgateway/ok/howto_arm.json")
}

func TestALongExportGivesTheSameReport(t *testing.T) {
	for name, e := range map[string]export{
		"gateways":  {gateways: 12, sites: 3},
		"rules":     {gateways: 3, paths: 40},
		"minified":  {gateways: 40, sites: 2, minified: true},
		"broken":    {gateways: 12, sites: 3},
		"addresses": {gateways: 3},
		"chained":   {gateways: 3},
		"one twice": {gateways: 1},
	} {
		t.Run(name, func(t *testing.T) {
			file := e.file(t)
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if err = os.WriteFile(file, changed(name, text), 0o600); err != nil {
				t.Fatal(err)
			}
			inBothWays(t, file)
		})
	}
}

// changed is the text of an export with something in it that one resource alone does not tell.
func changed(name string, text []byte) []byte {
	const group = "/subscriptions/5b1d4c7e-2f0a-4f43-9d3e-7a1c52e86f10/resourceGroups/rg-realtime/providers/Microsoft.Network"
	switch name {
	case "broken": // a certificate of the last gateway, and all of the text behind it
		return text[:len(text)-2000]
	case "addresses": // the address of all gateways is read behind them, and gives names to sites that have none
		address := `{"id": "` + group + `/publicIPAddresses/pip-realtime", "type": "microsoft.network/publicipaddresses", "name": "pip-realtime",` +
			` "properties": {"ipAddress": "203.0.113.7", "dnsSettings": {"fqdn": "rt.westeurope.cloudapp.azure.com"}}}`
		text = bytes.ReplaceAll(text, []byte(`"hostName":`), []byte(`"was":`))
		return bytes.Replace(text, []byte("\n  ],\n"), []byte(",\n"+address+"\n  ],\n"), 1)
	case "chained": // the first gateway leads to the second, and that to the third
		text = bytes.ReplaceAll(text, []byte("asrs10.service.signalr.net"), []byte("rt.contoso1.example"))
		return bytes.ReplaceAll(text, []byte("asrs11.service.signalr.net"), []byte("rt.contoso2.example"))
	case "one twice": // the same gateway, and another description of it
		at := bytes.Index(text, []byte("\n    {"))
		end := bytes.Index(text, []byte("\n  ],\n"))
		one := text[at:end]
		other := bytes.ReplaceAll(one, []byte(`"requestTimeout": 120`), []byte(`"requestTimeout": 20`))
		return bytes.Join([][]byte{text[:end], one, other, text[end:]}, []byte(","))
	}
	return text
}
