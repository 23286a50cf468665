package batch

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"loopback/tools/base/disk"
	"loopback/tools/class/box"
	"loopback/tools/engine/result"
	"loopback/tools/grade"
)

// ChildVerb is the verb of the command with which a batch starts one grading.
const ChildVerb = "grade-one"

// runOne grades a program that is compiled, in a box, and settles its job.
func (b *batch) runOne(ctx context.Context, one *built) {
	defer disk.RemoveAll(one.work)
	r, err := b.inBox(ctx, one)
	if ctx.Err() != nil {
		return // it says nothing, and is graded next time
	}
	if err != nil {
		r = grade.NotGraded(one.unit, err.Error())
	}
	r.Sandbox = b.level.Words()
	b.settle(one.job, r)
}

// inBox starts the process that grades, and waits for what it says. The error
// is a flag: why there is no result.
func (b *batch) inBox(ctx context.Context, one *built) (*result.Result, error) {
	order, err := json.Marshal(Order{Root: b.own("course"), Unit: one.unit.Name, Seed: b.seed, Program: one.program,
		Hidden: b.secret[one.unit.Name]})
	if err != nil {
		return nil, fmt.Errorf("machine: %w", err)
	}
	tmp := filepath.Join(one.work, "tmp")
	said, words := &bounded{most: mostResult}, &bounded{most: 4 << 10}
	cmd := box.Command(b.level, box.Options{
		Args: []string{ChildVerb}, Env: environment(tmp), Dir: tmp,
		Keep: []string{one.work, b.own("course")}, Hide: b.hidden(), Fresh: []string{tmp}, Stdout: said, Stderr: words,
	})
	alive, err := cmd.StdinPipe() // while it is open we are alive
	if err != nil {
		return nil, fmt.Errorf("machine: %w", err)
	}
	cmd.WaitDelay = 5 * time.Second // what has left the box's first process behind may hold its output
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("machine: starting a grading: %w", err)
	}
	ended := make(chan struct{})
	why := make(chan string, 1)
	go func() {
		alarm := time.NewTimer(b.Deadline)
		defer alarm.Stop()
		select {
		case <-ended:
		case <-ctx.Done():
			box.End(cmd)
		case <-alarm.C:
			why <- fmt.Sprintf("deadline: not graded after %v", b.Deadline)
			box.End(cmd)
		}
	}()
	alive.Write(append(order, '\n'))
	err = cmd.Wait()
	close(ended)
	alive.Close()
	box.End(cmd)
	select {
	case late := <-why:
		return nil, fmt.Errorf("%s", late)
	default:
	}
	return readResult(said, words, err)
}

// readResult reads what the grading process has written.
func readResult(said, words *bounded, ended error) (*result.Result, error) {
	var r result.Result
	if ended == nil && !said.cut && json.Unmarshal(said.Bytes(), &r) == nil && r.Schema == result.Schema {
		return &r, nil
	}
	last := strings.TrimSpace(words.String())
	switch {
	case ended != nil:
		return nil, fmt.Errorf("the grader ended without a result: %v %s", ended, last)
	case said.cut:
		return nil, fmt.Errorf("the grader wrote more than %d MB", mostResult>>20)
	}
	return nil, fmt.Errorf("the grader wrote what is no result: %s", last)
}

// mostResult is the most that a result may be.
const mostResult = 16 << 20

// bounded keeps the first bytes of what is written to it.
type bounded struct {
	bytes.Buffer
	most int
	cut  bool
}

func (w *bounded) Write(data []byte) (int, error) {
	room := max(w.most-w.Len(), 0)
	w.cut = w.cut || len(data) > room
	w.Buffer.Write(data[:min(len(data), room)])
	return len(data), nil
}

// hidden are the folders that no program under test has to see: other
// submissions, what was graded, the course with its solutions, the home of the
// user with the caches of compilers.
func (b *batch) hidden() []string {
	dirs := []string{b.temp, b.Dir, b.out, b.Root}
	if b.Hidden != "" {
		dirs = append(dirs, b.Hidden)
	}
	if home, err := os.UserHomeDir(); err == nil && home != "/" {
		dirs = append(dirs, home)
	}
	return dirs
}

// environment is what a grading process sees of ours.
func environment(tmp string) []string {
	env := []string{"HOME=" + tmp, "TMPDIR=" + tmp}
	for _, name := range []string{"PATH", "LANG", "LC_ALL", "GOMAXPROCS", "LOOPBACK_CI"} {
		if v, ok := os.LookupEnv(name); ok {
			env = append(env, name+"="+v)
		}
	}
	return env
}
