package batch

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"os"
	"path/filepath"

	"loopback/tools/base/disk"
	"loopback/tools/class/box"
	"loopback/tools/class/rung"
	"loopback/tools/engine/probe"
	"loopback/tools/engine/result"
	"loopback/tools/grade"
)

// The verbs of the command with which a batch starts one grading, and one build.
const (
	ChildVerb = "grade-one"
	BuildVerb = "build-one"
)

// What a grading may take. Its own watch over the program comes first: these bounds
// are for what it does not see, or sees too late.
const (
	mostMemory = 4 << 30 // of all that is in a box together
	mostData   = 3 << 30 // of one process, by the kernel
)

// What may be in a box. There can be more tasks than processes by far: the grader, which is
// in there, too, must be able to go on when a program starts others without end.
// Tests have fewer.
var (
	mostProcesses = probe.Crowd - 1 // by looking
	mostTasks     = 8 << 10         // processes and threads, by the kernel
)

// runOne grades a program that is compiled, in a box. When ctx is done meanwhile there is
// no result, and it is graded next time.
func (b *batch) runOne(ctx context.Context, one *built) *result.Result {
	defer disk.RemoveAll(one.work)
	r, err := b.inBox(ctx, one)
	if ctx.Err() != nil {
		return nil
	}
	if err != nil {
		r = grade.NotGraded(one.unit, err.Error())
	}
	if r.Sandbox == nil {
		r.Sandbox = map[string]string{}
	}
	maps.Copy(r.Sandbox, b.kept)
	return r
}

// inBox grades in a box. The error is a flag: why there is no result.
func (b *batch) inBox(ctx context.Context, one *built) (*result.Result, error) {
	tmp := filepath.Join(one.work, "tmp")
	c := call{verb: ChildVerb, who: "the grader", deadline: b.Deadline, memory: mostMemory,
		order: Order{Unit: one.unit.Name, Files: b.scenarios[one.unit.Name], Seed: b.seed, Program: one.program,
			Hidden: b.secret[one.unit.Name], Example: b.Deadline / 4,
			Open: b.Sandbox == rung.None},
		box: box.Options{Env: environment(tmp), Dir: tmp, Keep: []string{one.work}, Hide: b.hidden(),
			Fresh: []string{tmp}, Tasks: mostTasks, Data: mostData}}
	if b.Race { // its shadow of the memory is large, and mostly empty
		c.memory, c.box.Data = 3*mostMemory, 0
	}
	said, err := b.child(ctx, c)
	if err != nil {
		return nil, err
	}
	var r result.Result
	if json.Unmarshal(said, &r) == nil && r.Schema == result.Schema {
		return &r, nil
	}
	return nil, errors.New("the grader wrote something that is not a result")
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
