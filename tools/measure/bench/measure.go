package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// A workshop is the copy of the course in which programs are edited and graded.
type workshop struct {
	dir, unit string
	edits     int
}

// measure runs every case once, unmeasured, so that the caches are warm, and
// then all of them in turn, runs times.
func (w *workshop) measure(ctx context.Context, cases []*timed, runs int) error {
	for round := range runs + 1 {
		for _, c := range cases {
			took, err := w.once(ctx, c)
			if err != nil {
				return err
			}
			if round > 0 {
				c.took = append(c.took, took)
			}
			fmt.Fprintf(os.Stderr, "\rround %d of %d, %-30s", round, runs, c.name)
		}
	}
	fmt.Fprintf(os.Stderr, "\r%60s\r", "")
	return nil
}

// once edits the program, as an editor would that saves it, and times the go
// command until its verdict.
func (w *workshop) once(ctx context.Context, c *timed) (time.Duration, error) {
	w.edits++
	exercise := filepath.Join("exercises", w.unit)
	text := fmt.Sprintf("%s\n// Edit number %d.\n", c.program, w.edits)
	if err := os.WriteFile(filepath.Join(w.dir, exercise, "main.go"), []byte(text), 0o644); err != nil {
		return 0, err
	}
	args := append([]string{"test"}, c.args...)
	if c.build {
		args = append([]string{"build", "-o", filepath.Join(w.dir, "program")}, c.args...)
	}
	cmd := exec.CommandContext(ctx, "go", append(args, "./"+filepath.ToSlash(exercise))...)
	cmd.Dir = w.dir
	cmd.Env = append(os.Environ(), "GOWORK=off", "GOFLAGS=-buildvcs=false")
	start := time.Now()
	out, err := cmd.CombinedOutput()
	took := time.Since(start)
	switch {
	case ctx.Err() != nil:
		return 0, ctx.Err()
	case c.build && err != nil, !c.build && !strings.Contains(string(out), c.want):
		return 0, fmt.Errorf("%s did not do what was to be timed (%v):\n%s", c.name, err, out)
	}
	return took, nil
}
