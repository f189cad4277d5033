package reports

import _ "embed"

// JSONSchema describes the JSON report (JSON Schema, draft 2020-12).
//
//go:embed schema.json
var JSONSchema []byte

// ReadingSchema describes the JSON of a reading (JSON Schema, draft 2020-12).
//
//go:embed reading.json
var ReadingSchema []byte
