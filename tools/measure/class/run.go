package main

import (
	"bufio"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"

	"loopback/tools/engine/probe"
)

// A run is one grading of the whole class.
type run struct {
	course, root, out string
	class             *class
	units             []string
	parallel          int
	took              time.Duration
	peak              int64 // bytes, of all processes together
}

// seed is the same in all runs, as it is in a batch that goes on.
const seed = "77"

// killedAndResumed grades until a third is done, kills the batch, and goes on.
func (r *run) killedAndResumed(ctx context.Context) (problems []string, err error) {
	third := len(r.class.learners) / 3
	err = r.batch(ctx, third)
	if !errors.Is(err, errKilled) {
		return nil, fmt.Errorf("the batch ended before it could be killed: %v", err)
	}
	if n := orphans(); n > 0 {
		problems = append(problems, fmt.Sprintf("%d processes of the batch that was killed were left", n))
	}
	before := r.finished()
	fmt.Printf("killed when %d results were there, after %v\n", len(before), r.took.Round(time.Second))
	if len(before) < third {
		problems = append(problems, fmt.Sprintf("of %d that it said it had graded %d results are there", third,
			len(before)))
	}
	if err := r.whole(ctx, "--resume"); err != nil {
		return problems, err
	}
	after := r.finished()
	for file, sum := range before {
		if after[file] != sum {
			problems = append(problems, file+" was graded, and is not the same bytes after --resume")
		}
	}
	return problems, nil
}

// whole grades to the end, and prints what it took.
func (r *run) whole(ctx context.Context, more ...string) error {
	if err := r.batch(ctx, 0, more...); err != nil {
		return err
	}
	each := r.took / time.Duration(len(r.class.learners))
	fmt.Printf("graded in %v, %v each; at the peak %d MiB in all processes together\n", r.took.Round(time.Second),
		each.Round(10*time.Millisecond), r.peak>>20)
	return nil
}

// errKilled says that the batch was killed, as was asked for.
var errKilled = errors.New("killed")

// batch runs the command. Where killAfter is not 0 it is killed after so many results.
func (r *run) batch(ctx context.Context, killAfter int, more ...string) error {
	args := append([]string{"batch", r.class.dir, "--out", r.out, "--roster", r.class.roster, "--seed", seed,
		"--unit", strings.Join(r.units, ","), "-j", strconv.Itoa(r.parallel)}, more...)
	cmd := exec.CommandContext(ctx, r.course, args...)
	cmd.Dir = r.root
	says, err := cmd.StderrPipe()
	if err != nil {
		return err
	}
	adopt()
	start := time.Now()
	if err := cmd.Start(); err != nil {
		return err
	}
	ended := make(chan struct{})
	var weighing sync.WaitGroup
	weighing.Go(func() { r.weigh(cmd.Process.Pid, ended) })
	n, last := 0, ""
	for lines := bufio.NewScanner(says); lines.Scan(); {
		last = lines.Text()
		if strings.HasPrefix(last, "learner-") {
			n++
		}
		if killAfter > 0 && n == killAfter {
			cmd.Process.Kill()
		}
	}
	err = cmd.Wait()
	close(ended)
	weighing.Wait()
	r.took += time.Since(start)
	switch code := cmd.ProcessState.ExitCode(); {
	case ctx.Err() != nil:
		return ctx.Err()
	case killAfter > 0 && n >= killAfter && code < 0:
		return errKilled
	case code == couldNot && !strings.HasPrefix(last, "course:"), code == 0:
		return nil // what could not be graded is looked at one by one
	}
	return fmt.Errorf("course batch: %w: %s", err, last)
}

// couldNot is the exit status of a batch in which something could not be graded.
const couldNot = 3

// glance is how often the memory is looked at.
const glance = 500 * time.Millisecond

// weigh looks at what all processes of the batch take.
func (r *run) weigh(pid int, ended <-chan struct{}) {
	tick := time.NewTicker(glance)
	defer tick.Stop()
	for {
		select {
		case <-ended:
			return
		case <-tick.C:
		}
		if b, err := probe.BurdenOf(pid); err == nil {
			r.peak = max(r.peak, b.Memory)
		}
	}
}

// finished returns a hash of each result that is there.
func (r *run) finished() map[string][32]byte {
	files, _ := filepath.Glob(filepath.Join(r.out, "learner-*", "*.json"))
	sums := map[string][32]byte{}
	for _, f := range files {
		if data, err := os.ReadFile(f); err == nil {
			sums[f] = sha256.Sum256(data)
		}
	}
	return sums
}
