package laws

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"loopback/tools/base/called"
	"loopback/tools/base/catalogue"
	"loopback/tools/base/problem"
	"loopback/tools/engine/scenario"
)

// The report of a program of another unit, or of a hostile one, may be about a scenario of
// this unit. When this unit's reports are recorded anew those are old, and are named.

// A recorded report is what stands in the files of one program, and the scenario's file that
// it is about.
type recorded struct {
	place string // below testdata: a unit, or "hostile"
	about string
	text  string
}

// reports are the recorded reports of all programs that are not right, by their folder.
func reports(root string) map[string]recorded {
	found, scripts := map[string]recorded{}, scriptsOf(root)
	known, _ := catalogue.Subjects(root, "")
	for _, s := range known {
		files, _ := filepath.Glob(filepath.Join(root, s.Folder, "report*.txt"))
		if len(files) == 0 || s.Scenario == "" {
			continue
		}
		r := recorded{about: scripts(s.Unit, s.Scenario)}
		r.place, _, _ = strings.Cut(strings.TrimPrefix(filepath.ToSlash(s.Folder), "testdata/"), "/")
		for _, f := range files {
			data, _ := os.ReadFile(f)
			r.text += string(data)
		}
		found[s.Folder] = r
	}
	return found
}

// scriptsOf returns a function that returns the file in which a scenario's script stands,
// which may be another unit's.
func scriptsOf(root string) func(unit, id string) string {
	units := map[string]*scenario.Unit{}
	return func(unit, id string) string {
		u, ok := units[unit]
		if !ok {
			u, _ = scenario.LoadUnit(root, unit)
			units[unit] = u
		}
		if u == nil || u.Scenario(id) == nil {
			return ""
		}
		return u.Scenario(id).File
	}
}

// borrowed says which reports elsewhere are about a scenario of which all reports in unit,
// two at the least, are not what they were before. Where some of them are, or there is one
// alone, it may have changed by luck.
func borrowed(root, unit string, before map[string]recorded) (ps []problem.Problem) {
	now := reports(root)
	changed, same := map[string]int{}, map[string]bool{}
	for folder, r := range now {
		if was, ok := before[folder]; ok && r.place == unit {
			if was.text != r.text {
				changed[r.about]++
			} else {
				same[r.about] = true
			}
		}
	}
	maps.DeleteFunc(changed, func(about string, n int) bool { return n < 2 || same[about] || about == "" })
	count := map[string]int{}
	for _, r := range now {
		if r.place != unit && changed[r.about] > 0 {
			count[r.place]++
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
	return fmt.Sprintf("%s check --fix %s", called.Command(), place)
}
