package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"loopback/tools/base/tree"
)

// A watched is a copy of the course in which `course watch` runs.
type watched struct {
	dir, course, unit, program string
	lines                      *bufio.Scanner
	cmd                        *exec.Cmd
}

// benchWatch times course watch and the board.
func benchWatch(ctx context.Context, unit string, runs int) error {
	root, err := tree.Root(".")
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "loopback-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	w, err := prepareWatch(ctx, root, dir, unit)
	if err != nil {
		return err
	}
	if err := w.start(ctx); err != nil {
		return err
	}
	defer w.stop()
	var builds, verdicts []time.Duration
	for i := range runs + 1 { // the first warms the caches
		b, err := w.build(ctx, i)
		if err != nil {
			return err
		}
		v, err := w.verdict(i)
		if err != nil {
			return err
		}
		if i > 0 {
			builds, verdicts = append(builds, b), append(verdicts, v)
		}
	}
	memory := peak(w.cmd.Process.Pid)
	board, err := w.board(ctx, w.course, min(runs, 10))
	if err != nil {
		return err
	}
	run, err := w.board(ctx, "go", min(runs, 10), "run", "./tools/course")
	if err != nil {
		return err
	}
	fmt.Printf("%s, %d edits in turn%s\n\n  %-38s %8s %8s %8s %8s\n", unit, runs, load(),
		"seconds", "median", "p95", "min", "max")
	row("go build of the edited program", builds)
	row("course watch: from save to verdict", verdicts)
	row("the board, nothing changed", board)
	row("the same by go run", run)
	fmt.Printf("\n  watch needed %s at its peak\n", memory)
	return nil
}

func row(name string, took []time.Duration) {
	slices.Sort(took)
	at := func(percent int) float64 { return took[(len(took)-1)*percent/100].Seconds() }
	fmt.Printf("  %-38s %8.3f %8.3f %8.3f %8.3f\n", name, at(50), at(95), at(0), at(100))
}

// prepareWatch copies the course and builds its command.
func prepareWatch(ctx context.Context, root, dir, unit string) (*watched, error) {
	if err := copyCourse(root, dir, unit); err != nil {
		return nil, err
	}
	solution, err := os.ReadFile(filepath.Join(root, "solutions", unit, "main.go"))
	if err != nil {
		return nil, err
	}
	if err := os.RemoveAll(filepath.Join(dir, "exercises")); err != nil {
		return nil, err
	}
	if err := os.CopyFS(filepath.Join(dir, "exercises"), os.DirFS(filepath.Join(root, "exercises"))); err != nil {
		return nil, err
	}
	w := &watched{dir: dir, course: filepath.Join(dir, "course-command"), unit: unit, program: string(solution)}
	cmd := exec.CommandContext(ctx, "go", "build", "-o", w.course, "./tools/course")
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOWORK=off", "GOFLAGS=-buildvcs=false")
	if out, err := cmd.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("building tools/course: %w\n%s", err, out)
	}
	return w, nil
}

// edited is the program after edit number i: one that was never built.
func (w *watched) edited(i int, what string) string {
	return fmt.Sprintf("%s\n// %s %d of %d.\n", w.program, what, i, time.Now().UnixNano())
}

// build times go build of the program in its number i-th edition.
func (w *watched) build(ctx context.Context, i int) (time.Duration, error) {
	folder := filepath.Join(w.dir, "build-alone")
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return 0, err
	}
	if err := os.WriteFile(filepath.Join(folder, "main.go"), []byte(w.edited(i, "Build")), 0o644); err != nil {
		return 0, err
	}
	cmd := exec.CommandContext(ctx, "go", "build", "-o", filepath.Join(folder, "program"), "./build-alone")
	cmd.Dir = w.dir
	cmd.Env = append(os.Environ(), "GOWORK=off", "GOFLAGS=-buildvcs=false", "CGO_ENABLED=0")
	start := time.Now()
	out, err := cmd.CombinedOutput()
	if err != nil {
		return 0, fmt.Errorf("go build: %w\n%s", err, out)
	}
	return time.Since(start), nil
}

// start starts course watch and waits until it has shown its first page.
func (w *watched) start(ctx context.Context) error {
	w.cmd = exec.CommandContext(ctx, w.course, "watch", w.unit)
	w.cmd.Dir = w.dir
	out, err := w.cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := w.cmd.Start(); err != nil {
		return err
	}
	w.lines = bufio.NewScanner(out)
	_, err = w.page()
	return err
}

func (w *watched) stop() {
	w.cmd.Process.Signal(os.Interrupt)
	w.cmd.Wait()
}

// page reads until the end of a page.
func (w *watched) page() (string, error) {
	var b strings.Builder
	for w.lines.Scan() {
		b.WriteString(w.lines.Text() + "\n")
		if strings.Contains(w.lines.Text(), "it is graded again.") {
			return b.String(), nil
		}
	}
	return "", errors.Join(w.lines.Err(), fmt.Errorf("course watch has ended:\n%s", b.String()))
}

// verdict saves the program, as an editor that renames, and times the verdict.
func (w *watched) verdict(i int) (time.Duration, error) {
	file := filepath.Join(w.dir, "exercises", w.unit, "main.go")
	if err := os.WriteFile(file+"~", []byte(w.edited(i, "Edit")), 0o644); err != nil {
		return 0, err
	}
	start := time.Now()
	if err := os.Rename(file+"~", file); err != nil {
		return 0, err
	}
	page, err := w.page()
	took := time.Since(start)
	if err == nil && !strings.Contains(page, w.unit+" passes") {
		err = fmt.Errorf("the solution does not pass:\n%s", page)
	}
	return took, err
}

// board times the command without a verb; the first call grades, and is not
// counted.
func (w *watched) board(ctx context.Context, command string, runs int, args ...string) ([]time.Duration, error) {
	var took []time.Duration
	for i := range runs + 1 {
		cmd := exec.CommandContext(ctx, command, args...)
		cmd.Dir = w.dir
		cmd.Env = append(os.Environ(), "GOWORK=off", "GOFLAGS=-buildvcs=false")
		start := time.Now()
		out, err := cmd.CombinedOutput()
		if err != nil {
			return nil, fmt.Errorf("%s: %w\n%s", command, err, out)
		}
		if i > 0 {
			took = append(took, time.Since(start))
		}
	}
	return took, nil
}

// peak returns the most memory that a process has had resident (proc(5),
// VmHWM), where the system tells.
func peak(pid int) string {
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return "an unknown amount of memory"
	}
	for line := range strings.Lines(string(data)) {
		if kib, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			var n int
			fmt.Sscan(kib, &n)
			return fmt.Sprintf("%.1f MiB of memory", float64(n)/1024)
		}
	}
	return "an unknown amount of memory"
}
