// Bench measures how long a learner waits for a verdict.
//
//	go run ./tools/measure/bench [-unit UNIT] [-n RUNS] [-all=false]
//	go run ./tools/measure/bench -watch [-unit UNIT] [-n RUNS]
//
// It copies the course to a temporary folder, and there, for one unit, edits
// main.go and runs `go test`, again and again: with a program that passes, one
// that answers with wrong bytes, and one that falls silent; plain and with the
// race detector. In between it runs `go build` on the same edited program,
// which nobody who compiles can beat, and prints the ratio. Then it times all
// solutions and all laws of the course, once each.
//
// With -watch it times what a learner sees in its place: from the moment a
// program is saved until course watch has shown its verdict, for a program that
// passes; and how long the board takes when nothing has changed, and how much
// memory watch needs.
//
// The figures are of this machine at this hour. The runs are interleaved, so
// that what else the machine does meets all of them; compare ratios, never
// seconds of two days. Nothing is judged: a slow machine is no failure.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"loopback/tools/base/tree"
)

func main() {
	unit := flag.String("unit", "04-goroutine-per-client", "the `unit` whose verdicts are timed")
	runs := flag.Int("n", 0, "how often each case is `run`; 7 when 0, with -watch 50")
	all := flag.Bool("all", true, "time all solutions and all laws, too")
	watching := flag.Bool("watch", false, "time course watch and the board instead")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if *runs <= 0 {
		*runs = map[bool]int{false: 7, true: 50}[*watching]
	}
	what := func() error { return bench(ctx, *unit, *runs, *all) }
	if *watching {
		what = func() error { return benchWatch(ctx, *unit, *runs) }
	}
	if err := what(); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func bench(ctx context.Context, unit string, runs int, all bool) error {
	root, err := tree.Root(".")
	if err != nil {
		return err
	}
	fmt.Printf("%s, %d processors%s\n", runtime.Version(), runtime.NumCPU(), load())
	dir, err := os.MkdirTemp("", "loopback-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	cases, err := prepare(root, dir, unit)
	if err != nil {
		return err
	}
	b := &workshop{dir: dir, unit: unit}
	if err := b.measure(ctx, cases, max(runs, 1)); err != nil {
		return err
	}
	fmt.Printf("\nedit to verdict, %s, %d runs each, in turn\n\n", unit, max(runs, 1))
	table(cases)
	if all {
		return whole(ctx, root, dir)
	}
	return nil
}

// load says how busy the machine is already, where the system tells.
func load() string {
	data, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return ""
	}
	one, _, _ := strings.Cut(string(data), " ")
	return ", load " + one
}

// table prints what was measured: a block of rows for each kind of build.
func table(cases []*timed) {
	fmt.Printf("  %-26s %8s %8s %8s   %s\n", "seconds", "median", "min", "max", "ratio to go build")
	var floor time.Duration
	for _, c := range cases {
		median, least, most := c.figures()
		if c.build {
			floor = median
		}
		fmt.Printf("  %-26s %8.2f %8.2f %8.2f   %.2f\n", c.name, median.Seconds(), least.Seconds(), most.Seconds(),
			float64(median)/float64(floor))
	}
}

// whole times the course as it stands: all solutions, and all laws.
func whole(ctx context.Context, root, dir string) error {
	course := filepath.Join(dir, "course")
	build := exec.CommandContext(ctx, "go", "build", "-o", course, "./tools/course")
	build.Dir = root
	if out, err := build.CombinedOutput(); err != nil {
		return fmt.Errorf("building tools/course: %w\n%s", err, out)
	}
	fmt.Printf("\nthe whole course, once\n\n")
	for _, c := range []struct {
		name string
		argv []string
	}{
		{"all solutions", []string{"go", "test", "-count=1", "./solutions/..."}},
		{"all laws", []string{course, "check"}},
	} {
		cmd := exec.CommandContext(ctx, c.argv[0], c.argv[1:]...)
		cmd.Dir = root
		start := time.Now()
		out, err := cmd.Output()
		took := time.Since(start)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		fmt.Printf("  %-26s %8.2f\n", c.name, took.Seconds())
		if err != nil { // worth a word, though it is the time that was asked for
			fmt.Printf("    not all well (%v):\n%s", err, out)
		}
	}
	return nil
}
