package laws

import (
	"flag"
	"testing"

	"loopback/tools/base/tree"
)

// full is for every night, on a machine without other work: with it all programs are
// graded, each wrong one meets every scenario, and every word of a report counts.
var full = flag.Bool("full", false, "grade all programs, run wrong ones against every scenario, compare whole reports")

// TestLaws checks every unit of this course. A problem that it prints has a
// file to mend, or says by which command it is mended.
func TestLaws(t *testing.T) {
	const root = "../../.."
	units, err := tree.Units(root)
	if err != nil {
		t.Fatal(err)
	}
	for _, unit := range units {
		t.Run(unit, func(t *testing.T) {
			t.Parallel() // the last programs of a unit may have long to wait
			o := Options{Full: *full, Busy: !*full, Note: func(line string) { t.Log(line) }}
			for _, p := range Check(t.Context(), root, unit, o) {
				t.Error(p)
			}
		})
	}
}

// TestReference checks the page about the language of scenarios.
func TestReference(t *testing.T) {
	for _, p := range Reference("../../..", false) {
		t.Error(p)
	}
}
