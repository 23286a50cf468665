package play

import (
	"slices"
	"testing"
)

// The reference page is made from the commands' own words: each has them.
func TestCommandsDescribeThemselves(t *testing.T) {
	var names []string
	for _, c := range Commands() {
		names = append(names, c.Name)
		if c.Summary == "" || c.Group == "" || c.Run == nil {
			t.Errorf("%s has no summary, no group or nothing to do", c.Name)
		}
	}
	slices.Sort(names)
	if unique := slices.Compact(slices.Clone(names)); len(unique) != len(names) {
		t.Errorf("two commands have one name: %v", names)
	}
}
