package main

import (
	"fmt"
	"path/filepath"

	"github.com/spf13/cobra"

	"loopback/tools/grade"
)

// showStatus grades every exercise and shows one line for each, and then what
// to do next.
func showStatus(c *cobra.Command, _ []string) error {
	dir, err := root()
	if err != nil {
		return err
	}
	names, err := grade.Units(dir)
	if err != nil {
		return err
	}
	next := ""
	for _, name := range names {
		u, err := grade.LoadUnit(dir, name)
		if err != nil {
			return err
		}
		r, err := grade.GradeFolder(c.Context(), u, filepath.Join(dir, "exercises", name), false, grade.Options{})
		if err != nil {
			fmt.Printf("  %-26s could not grade: %v\n", name, err)
			continue
		}
		fmt.Printf("  %-26s %s\n", name, state(r))
		if next == "" && !r.AllPass() {
			next = name
		}
	}
	fmt.Println()
	if next == "" {
		fmt.Println("All exercises pass. Break one on purpose and read what the grader says.")
		return nil
	}
	fmt.Printf("Next: read chapters/%s.md, edit exercises/%s/main.go, and run\n  go test ./exercises/%s\n", next, next, next)
	return nil
}

// state says in a few words how far an exercise is.
func state(r *grade.Result) string {
	passed := 0
	for _, t := range r.Tests {
		if t.Status == grade.Pass {
			passed++
		}
	}
	switch {
	case r.Status == grade.NotBuilt:
		return "does not compile"
	case r.Untouched():
		return "not started"
	case r.AllPass():
		return "done"
	case r.FirstFailure() != nil:
		t := r.FirstFailure()
		return fmt.Sprintf("%d of %d; next is %s", passed, len(r.Tests), t.ID)
	}
	return fmt.Sprintf("%d of %d", passed, len(r.Tests))
}
