package skeleton

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"loopback/tools/base/tree"
)

// RenameScenario gives a scenario of a unit another name, in its file and in every text of
// the course that names it, and returns which of these it has changed. When another
// scenario has the new number, that one, and those that stand without a gap behind it, go
// one number further: so room is made for a new one.
func RenameScenario(root, unit, id, to string) (changed []string, err error) {
	if !tree.UnitName.MatchString(to) {
		return nil, fmt.Errorf("%q is no name of a scenario", to)
	}
	ids, err := scenarioIDs(root, unit)
	if err != nil {
		return nil, err
	}
	if !slices.Contains(ids, id) {
		return nil, fmt.Errorf("%s has no scenario %s", unit, id)
	}
	names, err := makeRoom(ids, id, to)
	if err != nil {
		return nil, err
	}
	for _, from := range slices.Backward(ids) { // the last one first: its place is free
		if other, ok := names[from]; ok {
			dir := filepath.Join(root, "testdata", unit)
			if err := os.Rename(filepath.Join(dir, from+".txtar"), filepath.Join(dir, other+".txtar")); err != nil {
				return nil, err
			}
		}
	}
	return rewrite(root, func(path, text string) string { return renamed(path, text, unit, names) })
}

// scenarioIDs returns the names of a unit's scenarios, in their order.
func scenarioIDs(root, unit string) (ids []string, err error) {
	if _, err := places(root, unit); err != nil {
		return nil, err
	}
	files, err := filepath.Glob(filepath.Join(root, "testdata", unit, "*.txtar"))
	for _, f := range files {
		ids = append(ids, strings.TrimSuffix(filepath.Base(f), ".txtar"))
	}
	return ids, err
}

// RemoveScenario removes a scenario of a unit, and returns the files that still speak of it.
func RemoveScenario(root, unit, id string) (left []string, err error) {
	ids, err := scenarioIDs(root, unit)
	if err != nil {
		return nil, err
	}
	if !slices.Contains(ids, id) {
		return nil, fmt.Errorf("%s has no scenario %s", unit, id)
	}
	if err := os.Remove(filepath.Join(root, "testdata", unit, id+".txtar")); err != nil {
		return nil, err
	}
	err = eachText(root, func(path string, text []byte) error {
		if renamed(path, string(text), unit, map[string]string{id: ""}) != string(text) {
			left = append(left, path)
		}
		return nil
	})
	return left, err
}

// makeRoom returns the new names of the scenarios that get one, when id becomes to.
func makeRoom(ids []string, id, to string) (map[string]string, error) {
	names := map[string]string{id: to}
	number, err := strconv.Atoi(to[:2])
	if err != nil {
		return nil, err
	}
	for _, other := range ids {
		if other == id || other[:2] != fmt.Sprintf("%02d", number) {
			continue
		}
		if number++; number > 99 {
			return nil, fmt.Errorf("there is no number behind that of %s", other)
		}
		names[other] = fmt.Sprintf("%02d", number) + other[2:]
	}
	return names, nil
}

// aName is what may be the name of a scenario, with the unit before it where that is said.
var aName = regexp.MustCompile(`(?:([0-9]{2}(?:-[a-z0-9-]+)?)([/ ]))?\b([0-9]{2}-[a-z0-9-]+)`)

// renamed gives the scenarios of a unit their new names in a text. Where neither the file
// nor the line is the unit's own, the unit must stand before the name, or its number.
func renamed(path, text, unit string, names map[string]string) string {
	own := strings.Contains(path+"/", "/"+unit+"/") || path == "chapters/"+unit+".md"
	var out strings.Builder
	for line := range strings.Lines(text) {
		own := own || strings.Contains(line, unit)
		out.WriteString(aName.ReplaceAllStringFunc(line, func(found string) string {
			m := aName.FindStringSubmatch(found)
			other, ok := names[m[3]]
			said := m[1] == unit || m[1] == unit[:2]
			if !ok || !said && (!own || m[1] != "") {
				return found
			}
			return strings.TrimSuffix(found, m[3]) + other
		}))
	}
	return out.String()
}
