// Package term reads what an instructor says of a course of their own: which units
// count, how much, and when they are due.
package term

import (
	"fmt"
	"iter"
	"maps"
	"os"
	"slices"
	"strconv"
	"time"

	"go.yaml.in/yaml/v3"
)

// A Unit is what one unit is in a course.
type Unit struct {
	Points int       // what all of its scenarios together are worth
	Due    time.Time // zero: whenever
}

// A Term is a course of some units.
type Term map[string]Unit

// example is how a course is written.
const example = `units: {02: {points: 10}, 04: {points: 20, due: "2026-10-01T23:59:00Z"}}`

// Read reads the file of a term, in YAML. Name returns the unit that a short name means. An
// error names the file, and the line where there is one.
func Read(file string, name func(string) (string, error)) (Term, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var doc yaml.Node
	if err := yaml.Unmarshal(data, &doc); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	t := Term{}
	if err := t.read(&doc, name); err != nil {
		return nil, fmt.Errorf("%s%w", file, err)
	}
	return t, nil
}

// wrong is what is wrong in a line.
func wrong(n *yaml.Node, form string, args ...any) error {
	return fmt.Errorf(":%d: %s", max(n.Line, 1), fmt.Sprintf(form, args...))
}

// read reads the whole document.
func (t Term) read(doc *yaml.Node, name func(string) (string, error)) error {
	if len(doc.Content) == 0 {
		return wrong(doc, "it is empty; a course is such as %s", example)
	}
	top := doc.Content[0]
	if top.Kind != yaml.MappingNode {
		return wrong(top, "a course begins with units; it is such as %s", example)
	}
	for key, value := range pairs(top) {
		if key.Value != "units" {
			return wrong(key, "there is %q; a course has units and nothing else, such as %s", key.Value, example)
		}
		if value.Kind != yaml.MappingNode || len(value.Content) == 0 {
			return wrong(value, "there must be units, each with its points, such as %s", example)
		}
		for short, unit := range pairs(value) {
			if err := t.readUnit(short, unit, name); err != nil {
				return err
			}
		}
	}
	return nil
}

// readUnit reads what one unit is worth.
func (t Term) readUnit(short, n *yaml.Node, name func(string) (string, error)) error {
	unit, err := name(short.Value)
	if err != nil {
		return wrong(short, "%v", err)
	}
	if _, twice := t[unit]; twice {
		return wrong(short, "%s is there twice", unit)
	}
	if n.Kind != yaml.MappingNode {
		return wrong(short, "%s needs points, such as %s: {points: 10}", unit, short.Value)
	}
	var u Unit
	for key, value := range pairs(n) {
		switch key.Value {
		case "points":
			if u.Points, err = strconv.Atoi(value.Value); err != nil || u.Points < 1 {
				return wrong(value, "%s needs points, a whole number from 1 on, not %q", unit, value.Value)
			}
		case "due":
			if u.Due, err = moment(value.Value); err != nil {
				return wrong(value, "%s: due must be such as 2026-10-01T23:59:00Z, not %q", unit, value.Value)
			}
		default:
			return wrong(key, "%s has %q; a unit has points, and may have due", unit, key.Value)
		}
	}
	if u.Points == 0 {
		return wrong(short, "%s needs points, a whole number from 1 on", unit)
	}
	t[unit] = u
	return nil
}

// pairs are the keys and values of a mapping.
func pairs(n *yaml.Node) iter.Seq2[*yaml.Node, *yaml.Node] {
	return func(yield func(key, value *yaml.Node) bool) {
		for i := 0; i+1 < len(n.Content) && yield(n.Content[i], n.Content[i+1]); i += 2 {
		}
	}
}

func moment(text string) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	return time.Parse(time.RFC3339, text)
}

// Units returns the names of the units, in order.
func (t Term) Units() []string { return slices.Sorted(maps.Keys(t)) }

// Late says how late something is that was handed in then; "" when it is not, or
// when one of the two is not known.
func (t Term) Late(unit string, then time.Time) string {
	due := t[unit].Due
	if due.IsZero() || then.IsZero() || !then.After(due) {
		return ""
	}
	return fmt.Sprintf("late by %v: handed in at %s, due at %s", then.Sub(due).Round(time.Minute),
		then.UTC().Format(time.RFC3339), due.UTC().Format(time.RFC3339))
}
