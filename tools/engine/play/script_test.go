package play

import (
	"testing"

	"loopback/tools/base/tree"
	"loopback/tools/engine/scenario"
)

// No scenario of the course has a command or a variable that does not exist.
func TestScriptsAreRead(t *testing.T) {
	root, err := tree.Root(".")
	if err != nil {
		t.Fatal(err)
	}
	units, err := tree.Units(root)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range units {
		if _, err := scenario.LoadUnit(root, name); err != nil {
			t.Error(err)
		}
	}
}
