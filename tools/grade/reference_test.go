package grade

import (
	"strings"
	"testing"
)

// The reference page tells of every command, fact and code.
func TestReference(t *testing.T) {
	page := Reference()
	for _, c := range commands() {
		if !strings.Contains(page, "\n### "+c.name+"\n") {
			t.Errorf("the reference page does not tell of the command %s", c.name)
		}
	}
	for _, k := range facts() {
		if !strings.Contains(page, "| `"+strings.TrimSpace(k.name+" "+k.arg)+"` |") {
			t.Errorf("the reference page does not tell of the fact %s", k.name)
		}
	}
	for _, code := range Codes() {
		if code.Meaning() == "" || code.Cause() == "" {
			t.Errorf("%s has no meaning or no cause", code)
		}
		if !strings.Contains(page, "| `"+string(code)+"` |") {
			t.Errorf("the reference page does not tell of the code %s", code)
		}
	}
}
