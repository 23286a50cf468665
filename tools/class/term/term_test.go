package term

import (
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"loopback/tools/base/trial"
)

func name(short string) (string, error) {
	if unit, ok := map[string]string{"02": "02-two", "02-two": "02-two", "01-one": "01-one"}[short]; ok {
		return unit, nil
	}
	return "", errors.New("no unit is called " + short)
}

func read(t *testing.T, text string) (Term, error) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "term.yaml")
	trial.Write(t, file, text)
	return Read(file, name)
}

func TestRead(t *testing.T) {
	term, err := read(t, "units:\n  \"02\": {points: 20, due: \"2026-10-01T12:00:00+02:00\"}\n  01-one: {points: 5}\n")
	if err != nil {
		t.Fatal(err)
	}
	if got := term.Units(); !slices.Equal(got, []string{"01-one", "02-two"}) || term["02-two"].Points != 20 {
		t.Errorf("%v", term)
	}
	due := time.Date(2026, 10, 1, 10, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		unit string
		then time.Time
		late bool
	}{
		{"02-two", due, false}, {"02-two", due.Add(time.Hour), true}, {"02-two", time.Time{}, false},
		{"01-one", due.Add(time.Hour), false},
	} {
		if late := term.Late(c.unit, c.then); (late != "") != c.late {
			t.Errorf("%s at %v: %q", c.unit, c.then, late)
		}
	}
}

func TestErrors(t *testing.T) {
	for text, want := range map[string]string{
		"":                               "term.yaml:1: it is empty; a course is such as units: {",
		"# nothing":                      "it is empty",
		"02-two":                         "a course begins with units",
		"unit: {}":                       `there is "unit"; a course has units and nothing else`,
		"units: [01, 02]":                "term.yaml:1: there must be units",
		"units: {02: 10}":                "02-two needs points, such as 02: {points: 10}",
		"units:\n  02: {points: ten}":    `term.yaml:2: 02-two needs points, a whole number from 1 on, not "ten"`,
		"units: {}":                      "there must be units",
		"units: {99: {points: 1}}":       "no unit",
		"units: {01-one: {}}":            "needs points",
		"units: {01-one: {point: 1}}":    `01-one has "point"; a unit has points, and may have due`,
		"units: {01-one: {points: 1.5}}": "whole number",
		"units: {02-two: {points: 1}, \"02\": {points: 1}}": "twice",
		"units: {01-one: {points: 1, due: tomorrow}}":       "due must be",
	} {
		if _, err := read(t, text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
}
