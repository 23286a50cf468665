package result

import _ "embed"

// JSONSchema describes the canonical result: JSON Schema, draft 2020-12.
//
//go:embed schema.json
var JSONSchema []byte
