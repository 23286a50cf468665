package batch

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"
	"unicode"

	"loopback/tools/base/disk"
	"loopback/tools/class/sheet"
	"loopback/tools/engine/build"
	"loopback/tools/engine/result"
	"loopback/tools/grade"
)

// built is a job whose program is compiled.
type built struct {
	*job
	work    string // the folder of this grading
	program grade.Built
}

// grade compiles and grades all jobs in two pools: while some run, the next
// are compiled. The error is that the reference does not pass here.
func (b *batch) grade(ctx context.Context) error {
	defer b.note.done()
	ctx, giveUp := context.WithCancelCause(ctx)
	defer giveUp(nil)
	c := &canary{batch: b, giveUp: giveUp}
	if err := c.first(ctx); err != nil {
		return err
	}
	compiled := make(chan *built)
	var builders, runners sync.WaitGroup
	todo := make(chan *job)
	for range b.Parallel {
		builders.Go(func() {
			for j := range todo {
				if one := b.compile(ctx, j); one != nil {
					compiled <- one
				}
			}
		})
		runners.Go(func() {
			for one := range compiled {
				if r := b.runOne(ctx, one); r != nil {
					b.settle(one.job, r)
					c.after(ctx, one.job, r)
				}
			}
		})
	}
	for _, j := range b.jobs {
		if ctx.Err() != nil {
			break
		}
		todo <- j
	}
	close(todo)
	builders.Wait()
	close(compiled)
	runners.Wait()
	return c.last(ctx)
}

// compile makes an executable of a job's program, or settles the job when there
// is none: then it returns nil.
func (b *batch) compile(ctx context.Context, j *job) *built {
	b.note.begin(j)
	one, r := b.compiled(ctx, j)
	if r != nil {
		b.settle(j, r)
	}
	return one
}

// compiled returns the program of a job, or the result when there is none. When ctx is
// done it returns neither.
func (b *batch) compiled(ctx context.Context, j *job) (*built, *result.Result) {
	work := b.own("work", j.learner.ID, j.unit.Name)
	one := &built{job: j, work: work}
	start := time.Now()
	err := b.compileIn(ctx, one)
	took := time.Since(start)
	one.program.Took, one.program.Race = took, b.Race
	if err == nil {
		return one, nil
	}
	defer disk.RemoveAll(work)
	if ctx.Err() != nil {
		return nil, nil
	}
	if e, ok := build.AsError(err); ok {
		r := grade.DidNotCompile(j.unit, e.Output, took)
		if files, err := build.GoFiles(filepath.Join(work, "handed-in")); err == nil {
			r.Inputs = disk.Fingerprint(files)
		}
		return nil, r
	}
	return nil, grade.NotGraded(j.unit, strings.ReplaceAll(err.Error(), work+"/source/", ""))
}

// compileIn copies what was handed in, with what the unit gives, and compiles it in
// a box.
func (b *batch) compileIn(ctx context.Context, one *built) error {
	handedIn, source := filepath.Join(one.work, "handed-in"), filepath.Join(one.work, "source")
	for name, data := range one.job.program.Files {
		if err := sheet.WriteWhole(filepath.Join(handedIn, name), data); err != nil {
			return err
		}
	}
	for _, dir := range []string{handedIn, filepath.Join(one.work, "tmp"), filepath.Join(one.work, "out")} {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return err
		}
	}
	var err error
	if one.program.Sources, _, err = build.Copied(one.unit, handedIn, source); err != nil {
		return err
	}
	exe := filepath.Join(one.work, "out", "program")
	if one.program.Linked, err = b.build(ctx, one, source, exe); err != nil {
		return err
	}
	if !disk.IsFile(exe) {
		return fmt.Errorf("the compiler has written no %s", exe)
	}
	one.program.Exe = exe
	return nil
}

// settle writes what a job came to.
func (b *batch) settle(j *job, r *result.Result) {
	if len(j.program.Left) > 0 {
		r.Flags = append(r.Flags, "not taken: "+strings.Join(j.program.Left, ", "))
	}
	r.Flags = cleanFlags(r.Flags)
	key := j.key
	if r.Status == result.CouldNotGrade {
		key = "" // next time it may be different
	}
	err := b.keep(j.learner.ID, j.unit.Name, key, r)
	b.note.end(j, r, err)
}

// cleanFlags makes flags fit for a table: each is one line, not too long, and shows a
// terminal nothing but letters: names of files that were handed in are in it.
func cleanFlags(flags []string) []string {
	out := []string{}
	for _, f := range flags {
		f = strings.Join(strings.Fields(strings.Map(shown, strings.ToValidUTF8(f, "?"))), " ")
		if len(f) > 500 {
			f = strings.ToValidUTF8(f[:500], "") + " ..."
		}
		out = append(out, f)
	}
	return out
}

// shown is r, or a question mark for what a terminal would act on: escapes, marks that turn
// a line round.
func shown(r rune) rune {
	if unicode.IsPrint(r) || unicode.IsSpace(r) {
		return r
	}
	return '?'
}
