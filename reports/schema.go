package reports

import _ "embed"

// JSONSchema describes the JSON report (JSON Schema, draft 2020-12).
//
//go:embed schema.json
var JSONSchema []byte
