package laws

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"loopback/tools/base/problem"
)

// The report of a program of another unit, or of a hostile one, may be about a scenario of
// this unit. When this unit's reports are recorded anew those are old, and are named.

var aboutScenario = regexp.MustCompile(`scenario: (testdata/[^:\n]+):`)

// reports are the recorded reports, by file: those below one folder of testdata, "*" for all.
func reports(root, folder string) map[string]string {
	found := map[string]string{}
	files, _ := filepath.Glob(filepath.Join(root, "testdata", folder, "wrong", "*", "report*.txt"))
	hostile, _ := filepath.Glob(filepath.Join(root, "testdata", folder, "*", "report*.txt"))
	for _, f := range append(files, hostile...) {
		if data, err := os.ReadFile(f); err == nil {
			found[f] = string(data)
		}
	}
	return found
}

// borrowed says which reports elsewhere are about the scenarios of those in unit that are
// not what they were before.
func borrowed(root, unit string, before map[string]string) (ps []problem.Problem) {
	changed := map[string]bool{}
	for f, now := range reports(root, unit) {
		was := before[f]
		if m := aboutScenario.FindStringSubmatch(was); m != nil && was != now {
			changed[m[1]] = true
		}
	}
	count := map[string]int{}
	for f, text := range reports(root, "*") {
		place, _ := filepath.Rel(filepath.Join(root, "testdata"), f)
		place, _, _ = strings.Cut(filepath.ToSlash(place), "/")
		if m := aboutScenario.FindStringSubmatch(text); m != nil && place != unit && changed[m[1]] {
			count[place]++
		}
	}
	scenarios := strings.Join(slices.Sorted(maps.Keys(changed)), ", ")
	for _, place := range slices.Sorted(maps.Keys(count)) {
		ps = append(ps, problem.In(filepath.Join("testdata", place), "%d of the reports here are about %s, from "+
			"before; record them with: %s", count[place], scenarios, recordOf(place)))
	}
	return ps
}

// recordOf is the command that records the reports in a folder of testdata.
func recordOf(place string) string {
	if place == "hostile" { // they belong to no unit
		return "go test ./tools/author/laws -run Hostile -record"
	}
	return fmt.Sprintf("go run ./tools/course check --fix %s", place)
}
