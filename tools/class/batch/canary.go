package batch

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"

	"github.com/kballard/go-shellquote"

	"loopback/tools/class/intake"
	"loopback/tools/class/sheet"
	"loopback/tools/engine/build"
	"loopback/tools/engine/result"
)

// ErrMachine is returned when the course's own solution does not pass. Then no program is
// to be blamed, and no mark is written.
var ErrMachine = errors.New("the machine is the cause, or the course, and no program")

// An ownScenario is the instructor's, and the course's own solution does not pass it. It is an
// [ErrMachine], too.
type ownScenario struct{ unit, id, dir string }

func (o *ownScenario) Error() string {
	return fmt.Sprintf("that is a scenario of your own, which is the cause, or the machine, and no program; "+
		"see it with course run %s %s --solution --hidden %s", o.unit[:2], o.id, shellquote.Join(o.dir))
}

func (o *ownScenario) Is(target error) bool { return target == ErrMachine }

// A canary is the reference, graded as all others are, in the same places. It goes first
// for each unit, and again whenever so many programs have failed that one should know
// that they could have passed.
type canary struct {
	*batch
	giveUp context.CancelCauseFunc
	mu     sync.Mutex
	failed []*job // since the reference has passed
}

// canaryEvery is how many programs may fail before the reference is graded again.
const canaryEvery = 25

// reference is the job of grading a unit's solution; nil where the course has none.
func (b *batch) reference(unit string) (*job, error) {
	files, err := build.GoFiles(filepath.Join(b.Root, "solutions", unit))
	if errors.Is(err, os.ErrNotExist) || err == nil && len(files) == 0 {
		return nil, nil
	}
	p := &intake.Program{Files: map[string][]byte{}}
	for _, f := range files {
		data, err := os.ReadFile(f)
		if err != nil {
			return nil, err
		}
		p.Files[filepath.Base(f)] = data
	}
	return &job{learner: &sheet.Learner{ID: ".reference"}, unit: b.units[unit], program: p}, err
}

// sing grades the reference of a unit. The error says what it fails.
func (c *canary) sing(ctx context.Context, unit string) error {
	j, err := c.reference(unit)
	if j == nil || err != nil {
		return err
	}
	one, r := c.compiled(ctx, j)
	if one != nil {
		r = c.runOne(ctx, one)
	}
	if r == nil || r.AllPass() {
		return nil // it passes, or the batch is called off
	}
	why, cause := r.Build.Output, ErrMachine
	t := r.FirstFailure()
	if t != nil && j.unit.Scenario(t.ID).IsHidden() {
		cause = &ownScenario{unit, t.ID, c.Hidden}
	}
	if r.Status == result.CouldNotGrade {
		why = sheet.Why(r)
	} else if t != nil {
		why = fmt.Sprintf("%s (%s): %s", t.ID, t.Code, t.Rationale)
	}
	return fmt.Errorf("the solution of %s does not pass here: %s: %w", unit, why, cause)
}

// first grades the reference of each unit that there is something to grade for.
func (c *canary) first(ctx context.Context) error {
	seen := map[string]bool{}
	for _, j := range c.jobs {
		if name := j.unit.Name; !seen[name] && ctx.Err() == nil {
			seen[name] = true
			if err := c.sing(ctx, name); err != nil {
				return err
			}
		}
	}
	return nil
}

// after counts a program that failed. Those that did not build would fail anywhere.
func (c *canary) after(ctx context.Context, j *job, r *result.Result) {
	if r.AllPass() {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock() // the others wait for the word
	if c.failed = append(c.failed, j); len(c.failed) == canaryEvery {
		c.look(ctx)
	}
}

// last makes sure that those that failed last could have passed.
func (c *canary) last(ctx context.Context) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.look(ctx)
	if err := context.Cause(ctx); errors.Is(err, ErrMachine) {
		return err
	}
	return nil
}

// look grades the reference of each unit in which programs have failed. When one of
// them fails, too, the marks since the last time are taken back, and the batch ends.
func (c *canary) look(ctx context.Context) {
	seen := map[string]bool{}
	for _, j := range c.failed {
		if name := j.unit.Name; !seen[name] && ctx.Err() == nil {
			seen[name] = true
			if err := c.sing(ctx, name); err != nil {
				c.takeBack()
				c.giveUp(err)
			}
		}
	}
	if ctx.Err() == nil {
		c.failed = nil
	}
}

func (c *canary) takeBack() {
	for _, j := range c.failed {
		c.forget(j.learner.ID, j.unit.Name)
	}
}
