package batch

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

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
// are compiled.
func (b *batch) grade(ctx context.Context) {
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
				b.runOne(ctx, one)
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
	b.note.done()
}

// buildBound is how long one program may be compiled: on a busy machine the first
// one takes minutes, and compiles the standard library with it.
const buildBound = 10 * time.Minute

// compile makes an executable of a job's program, or settles the job when there
// is none: then it returns nil.
func (b *batch) compile(ctx context.Context, j *job) *built {
	b.note.begin(j)
	work := b.own("work", j.learner.ID, j.unit.Name)
	one := &built{job: j, work: work}
	start := time.Now()
	err := b.compileIn(ctx, one)
	took := time.Since(start)
	one.program.Took, one.program.Race = took, b.Race
	if err == nil {
		return one
	}
	defer disk.RemoveAll(work)
	if ctx.Err() != nil {
		return nil
	}
	if e, ok := build.AsError(err); ok {
		r := grade.DidNotCompile(j.unit, e.Output, took)
		if files, err := build.GoFiles(filepath.Join(work, "source")); err == nil {
			r.Inputs = disk.Fingerprint(files)
		}
		b.settle(j, r)
		return nil
	}
	why := "machine: " + err.Error()
	if errors.Is(err, build.ErrElsewhere) || errors.Is(err, build.ErrLink) {
		why = "refused: " + err.Error()
	}
	b.settle(j, grade.NotGraded(j.unit, strings.ReplaceAll(why, work+"/source/", "")))
	return nil
}

func (b *batch) compileIn(ctx context.Context, one *built) error {
	ctx, cancel := context.WithTimeout(ctx, buildBound)
	defer cancel()
	source := filepath.Join(one.work, "source")
	for name, data := range one.job.program.Files {
		if err := sheet.WriteWhole(filepath.Join(source, name), data); err != nil {
			return err
		}
	}
	for _, dir := range []string{source, filepath.Join(one.work, "tmp")} {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return err
		}
	}
	exe, err := build.Program(ctx, one.unit, source, b.Race)
	if err != nil {
		return err
	}
	files, err := build.Files(one.unit, source)
	if err != nil {
		return err
	}
	if one.program.Linked, err = build.Linked(ctx, one.unit.Root, files, nil); err != nil {
		return err
	}
	one.program.Exe = filepath.Join(one.work, "program") // its own, which no other submission can reach
	if err := copyFile(exe, one.program.Exe); err != nil {
		return err
	}
	for _, f := range files { // those that are given lie elsewhere
		at := filepath.Join(one.work, "sources", filepath.Base(f))
		if err := copyFile(f, at); err != nil {
			return err
		}
		one.program.Sources = append(one.program.Sources, at)
	}
	return nil
}

func copyFile(from, to string) error {
	data, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		return err
	}
	return os.WriteFile(to, data, 0o755)
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

// cleanFlags makes flags fit for a table: each is one line, not too long.
func cleanFlags(flags []string) []string {
	out := []string{}
	for _, f := range flags {
		f = strings.Join(strings.Fields(strings.ToValidUTF8(f, "?")), " ")
		if len(f) > 500 {
			f = strings.ToValidUTF8(f[:500], "") + " ..."
		}
		out = append(out, f)
	}
	return out
}
