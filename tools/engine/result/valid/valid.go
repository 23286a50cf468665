// Package valid checks canonical results against their schema, for tests. The
// library that it uses is in no command.
package valid

import (
	"bytes"
	"encoding/json"
	"fmt"
	"sync"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"loopback/tools/engine/result"
)

// compiled is the schema that readers get, but stricter: whatever the grader
// writes is described.
var compiled = sync.OnceValues(func() (*jsonschema.Schema, error) {
	schema, err := jsonschema.UnmarshalJSON(bytes.NewReader(result.JSONSchema))
	if err != nil {
		return nil, err
	}
	closeAll(schema)
	c := jsonschema.NewCompiler()
	if err := c.AddResource("result.json", schema); err != nil {
		return nil, err
	}
	return c.Compile("result.json")
})

// closeAll allows in every object that lists what it must have nothing else.
func closeAll(schema any) {
	switch s := schema.(type) {
	case map[string]any:
		if s["required"] != nil && s["properties"] != nil {
			s["additionalProperties"] = false
		}
		for _, inner := range s {
			closeAll(inner)
		}
	case []any:
		for _, inner := range s {
			closeAll(inner)
		}
	}
}

// Check says what is wrong with a canonical result in JSON, or nil. Beyond the
// schema, the plan and the tests must agree, and the points must add up.
func Check(data []byte) error {
	schema, err := compiled()
	if err != nil {
		return err
	}
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	if err != nil {
		return err
	}
	if err := schema.Validate(v); err != nil {
		return err
	}
	var r result.Result
	if err := json.Unmarshal(data, &r); err != nil {
		return err
	}
	return agree(&r)
}

func agree(r *result.Result) error {
	if len(r.Plan) != len(r.Tests) {
		return fmt.Errorf("%d scenarios are planned, and %d are told of", len(r.Plan), len(r.Tests))
	}
	sum := 0
	for i, t := range r.Tests {
		if t.ID != r.Plan[i] {
			return fmt.Errorf("planned is %s, told of is %s", r.Plan[i], t.ID)
		}
		sum += t.Points
	}
	if r.Score > r.MaxScore || r.Status == result.Graded && r.Score > sum {
		return fmt.Errorf("the score is %d of %d, and the points add up to %d", r.Score, r.MaxScore, sum)
	}
	return nil
}
