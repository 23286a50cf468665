package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"loopback/tools/base/nearest"
	"loopback/tools/base/screen"
	"loopback/tools/base/tree"
	"loopback/tools/companion/coach"
	"loopback/tools/engine/scenario"
	"loopback/tools/grade"
)

// root returns the course's root folder, from where the command was called.
func root() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	return tree.Root(dir)
}

// newCoach returns the coach of the course that the command was called in.
func newCoach() (*coach.Coach, error) {
	dir, err := root()
	if err != nil {
		return nil, err
	}
	return coach.New(dir, screen.New(os.Stderr))
}

// coachFor returns the coach, and the unit that name means.
func coachFor(name string) (co *coach.Coach, unit string, err error) {
	if co, err = newCoach(); err == nil {
		unit, err = unitName(co.Root, name)
	}
	return co, unit, err
}

// loadUnit loads the unit that name means.
func loadUnit(name string) (*scenario.Unit, error) {
	dir, err := root()
	if err != nil {
		return nil, err
	}
	unit, err := unitName(dir, name)
	if err != nil {
		return nil, err
	}
	return scenario.LoadUnit(dir, unit)
}

// unitName returns the unit that name means: the unit's name, the number that
// it begins with, or, as a shell completes it, its folder or file in
// exercises/.
func unitName(dir, name string) (string, error) {
	names, err := tree.Units(dir)
	if err != nil {
		return "", err
	}
	if unit := tree.Named(names, inExercises(dir, name)); unit != "" {
		return unit, nil
	}
	best := nearest.Name(name, names)
	if best == "" {
		best = nearestSlug(name, names)
	}
	if best != "" {
		return "", fmt.Errorf("no unit is called %q; did you mean %s?", name, best)
	}
	return "", fmt.Errorf("no unit is called %q; there are %s", name, strings.Join(names, ", "))
}

// inExercises turns a path below exercises/ into the unit's name, and leaves
// everything else as it is.
func inExercises(dir, name string) string {
	abs, err := filepath.Abs(name)
	if err != nil {
		return name
	}
	rel, err := filepath.Rel(filepath.Join(dir, "exercises"), abs)
	if err != nil || !filepath.IsLocal(rel) || rel == "." {
		return name
	}
	first, _, _ := strings.Cut(filepath.ToSlash(rel), "/")
	return first
}

// nearestSlug finds a unit by its name without the number.
func nearestSlug(name string, names []string) string {
	for _, n := range names {
		if slug := n[3:]; slug == name || len(name) >= 4 && strings.Contains(slug, name) {
			return n
		}
	}
	return ""
}

// unitOrPlace returns the unit that args name, else the one that the learner
// works on; "" when all exercises are done.
func unitOrPlace(c *cobra.Command, co *coach.Coach, args []string) (string, error) {
	if len(args) > 0 {
		return unitName(co.Root, args[0])
	}
	b, err := co.Board(c.Context())
	if err != nil {
		return "", err
	}
	return b.Place, nil
}

func scenarioNames(u *scenario.Unit) []string {
	var names []string
	for _, sc := range u.Scenarios {
		names = append(names, sc.ID)
	}
	return names
}

// scenarioName returns the scenario of u that name means: its name, the number
// that it begins with, or its name without the number.
func scenarioName(u *scenario.Unit, name string) (string, error) {
	names := scenarioNames(u)
	for _, n := range names {
		if n == name || strings.HasPrefix(n, name+"-") || strings.HasPrefix(n, "0"+name+"-") || n[3:] == name {
			return n, nil
		}
	}
	if strings.Contains(name, ",") {
		return "", fmt.Errorf("%q is more than one scenario; give one, or a command for each", name)
	}
	if best := nearest.Name(name, names); best != "" {
		return "", fmt.Errorf("%s has no scenario %q; did you mean %s?", u.Name, name, best)
	}
	return "", fmt.Errorf("%s has no scenario %q; it has %s", u.Name, name, strings.Join(names, ", "))
}

// following makes grading show what it does, where somebody can see it.
func following(u *scenario.Unit) (o grade.Options, stop func()) {
	co := &coach.Coach{Root: u.Root, Screen: screen.New(os.Stderr)}
	return co.Follow(u.Name, nil)
}

// tell prints what the learner should know of the kept progress.
func tell(co *coach.Coach) {
	for _, line := range co.Grader.Store.Notes() {
		fmt.Fprintln(os.Stderr, "course: note:", line)
	}
}

// completeUnit completes the name of a unit as the first argument.
func completeUnit(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	dir, err := root()
	if err != nil || len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	names, err := tree.Units(dir)
	if err != nil {
		return nil, cobra.ShellCompDirectiveError
	}
	return names, cobra.ShellCompDirectiveNoFileComp
}

// completeScenario completes a unit, then one of its scenarios, with its rule
// beside it.
func completeScenario(c *cobra.Command, args []string, typed string) ([]string, cobra.ShellCompDirective) {
	if len(args) == 0 {
		return completeUnit(c, args, typed)
	}
	if len(args) > 1 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	return scenariosOf(args[0])
}

// completeOnly completes the scenario in a flag, of the unit that is named
// before it.
func completeOnly(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	if len(args) == 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	return scenariosOf(args[0])
}

func scenariosOf(unit string) ([]string, cobra.ShellCompDirective) {
	u, err := loadUnit(unit)
	if err != nil {
		return nil, cobra.ShellCompDirectiveError
	}
	var out []string
	for _, sc := range u.Scenarios {
		out = append(out, sc.ID+"\t"+sc.Rule)
	}
	return slices.Clip(out), cobra.ShellCompDirectiveNoFileComp
}
