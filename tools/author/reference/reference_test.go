package reference

import (
	"strings"
	"testing"

	"loopback/tools/base/record"
	"loopback/tools/engine/facts"
	"loopback/tools/engine/play"
)

// The reference page tells of every command, fact and code.
func TestReference(t *testing.T) {
	page := Reference()
	for _, c := range play.Commands() {
		if !strings.Contains(page, "\n### "+c.Name+"\n") {
			t.Errorf("the reference page does not tell of the command %s", c.Name)
		}
	}
	for _, k := range facts.Kinds() {
		if !strings.Contains(page, "| `"+strings.TrimSpace(k.Name+" "+k.Arg)+"` |") {
			t.Errorf("the reference page does not tell of the fact %s", k.Name)
		}
	}
	for _, code := range record.Codes() {
		if code.Meaning() == "" || code.Cause() == "" {
			t.Errorf("%s has no meaning or no cause", code)
		}
		if !strings.Contains(page, "| `"+string(code)+"` |") {
			t.Errorf("the reference page does not tell of the code %s", code)
		}
	}
}
