// Package term reads what an instructor says of a course of their own: which units
// count, how much, and when they are due.
package term

import (
	"bytes"
	"fmt"
	"maps"
	"math"
	"os"
	"slices"
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

// written is how a term is written down, in YAML.
type written struct {
	Units map[string]struct {
		Points float64 `yaml:"points"`
		Due    string  `yaml:"due"`
	} `yaml:"units"`
}

// Read reads the file of a term. Name returns the unit that a short name means.
func Read(file string, name func(string) (string, error)) (Term, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var w written
	d := yaml.NewDecoder(bytes.NewReader(data))
	d.KnownFields(true)
	if err := d.Decode(&w); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	if len(w.Units) == 0 {
		return nil, fmt.Errorf("%s: there must be units, each with its points", file)
	}
	t := Term{}
	for short, u := range w.Units {
		unit, err := name(short)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		if _, twice := t[unit]; twice {
			return nil, fmt.Errorf("%s: %s is there twice", file, unit)
		}
		if u.Points < 1 || u.Points != math.Trunc(u.Points) {
			return nil, fmt.Errorf("%s: %s needs points, a whole number from 1 on", file, unit)
		}
		due, err := moment(u.Due)
		if err != nil {
			return nil, fmt.Errorf("%s: %s: due must be such as 2026-10-01T23:59:00Z, not %q", file, unit, u.Due)
		}
		t[unit] = Unit{Points: int(u.Points), Due: due}
	}
	return t, nil
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
