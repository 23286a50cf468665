package coach

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	gobuild "go/build"
	"math/rand/v2"
	"os"
	"path"
	"path/filepath"
	"slices"

	"loopback/tools/base/catalogue"
	"loopback/tools/companion/mend"
	"loopback/tools/companion/progress"
	"loopback/tools/engine/build"
	"loopback/tools/engine/scenario"
)

// DebugOptions say what to do about the wrong programs of the course.
type DebugOptions struct {
	Unit   string // "" for all
	Seed   int    // of the order in which they are handed out; 0 for the learner's own
	Check  bool   // grade the one at work; never hand one out
	GiveUp bool   // show the answer
}

// ErrNothingHanded is returned where no program is at work.
var ErrNothingHanded = errors.New("no program is at work; " + Command + " debug hands one out")

// A Debugged is what Debug has come to.
type Debugged struct {
	Text    string
	Fails   bool // a program was graded, and does not pass
	Unknown bool // it could not be graded
}

// Debug hands out a program with a mistake in it, or grades the one that was
// handed out before, with what the learner has changed. The learner sees the
// rule that is broken and what went over the wire, no cause and no hint.
func (c *Coach) Debug(ctx context.Context, o DebugOptions) (Debugged, error) {
	h, open := c.Grader.Store.Learner().Mending.Current(o.Unit)
	var s catalogue.Subject
	if open {
		s, open = c.wrong(h)
	}
	switch {
	case !open && (o.Check || o.GiveUp):
		return Debugged{}, ErrNothingHanded
	case o.GiveUp:
		c.update(func(m *progress.Mending) { m.GiveUp(h) })
		return Debugged{Text: c.answer(s, h)}, nil
	case open:
		return c.checkMended(ctx, s, h, o.Check)
	}
	return c.handOut(ctx, o)
}

func (c *Coach) update(change func(m *progress.Mending)) {
	c.Grader.Store.Update(func(l *progress.Learner) { change(&l.Mending) })
}

// wrong finds a program that was handed out; ok is false when it, or the
// learner's copy, is not there any more.
func (c *Coach) wrong(h progress.Handed) (s catalogue.Subject, ok bool) {
	for _, s := range c.wrongs(h.Unit) {
		if s.Name == h.Name {
			_, err := os.Stat(filepath.Join(c.Root, filepath.FromSlash(h.Folder), "main.go"))
			return s, err == nil
		}
	}
	return catalogue.Subject{}, false
}

// wrongs returns the wrong programs of a unit, or of all, in order.
func (c *Coach) wrongs(unit string) []catalogue.Subject {
	subjects, _ := catalogue.Subjects(c.Root, unit)
	return slices.DeleteFunc(subjects, func(s catalogue.Subject) bool { return s.Kind != catalogue.Wrong })
}

// handOut hands out a program that the learner has not mended.
func (c *Coach) handOut(ctx context.Context, o DebugOptions) (Debugged, error) {
	s, ok := c.draw(ctx, o)
	if !ok {
		return Debugged{Text: "You have mended every program that can be handed out here.\n"}, nil
	}
	n := c.Grader.Store.Learner().Mending.Given[s.Unit] + 1
	h := progress.Handed{Unit: s.Unit, Name: s.Name}
	for ; ; n++ { // a folder that is there already is the learner's
		h.Folder = path.Join("debug", fmt.Sprintf("%s-%d", number(s.Unit), n))
		if _, err := os.Lstat(filepath.Join(c.Root, filepath.FromSlash(h.Folder))); err != nil {
			break
		}
	}
	if err := c.copyOut(s, filepath.Join(c.Root, filepath.FromSlash(h.Folder))); err != nil {
		return Debugged{}, err
	}
	c.update(func(m *progress.Mending) { m.Begin(h) })
	return Debugged{Text: c.puzzle(s, h)}, nil
}

// draw chooses a program: one of an exercise that is solved before one of
// another, which it would give away; one whose answer was shown comes last.
func (c *Coach) draw(ctx context.Context, o DebugOptions) (catalogue.Subject, bool) {
	seed := uint64(o.Seed)
	l := c.Grader.Store.Learner()
	if seed == 0 {
		if seed = l.Mending.Seed; seed == 0 {
			seed = rand.Uint64N(1<<32) + 1
			c.update(func(m *progress.Mending) { m.Seed = seed })
		}
	}
	race := build.Detector(ctx, c.Root) == nil
	subjects := slices.DeleteFunc(c.wrongs(o.Unit), func(s catalogue.Subject) bool {
		_, mended := l.Mending.Mended[s.Unit+"/"+s.Name]
		here, err := gobuild.Default.MatchFile(filepath.Join(c.Root, s.Folder), "main.go")
		return mended || s.Race && !race || err == nil && !here
	})
	rng := rand.New(rand.NewPCG(seed, 0))
	place := map[string]uint64{}
	for _, s := range c.wrongs("") { // whatever is left of them, each keeps its place
		place[s.Unit+"/"+s.Name] = rng.Uint64()
	}
	rank := func(s catalogue.Subject) int {
		switch _, givenUp := l.Mending.GivenUp[s.Unit+"/"+s.Name]; {
		case givenUp:
			return 2
		case l.Passed[s.Unit].IsZero():
			return 1
		}
		return 0
	}
	if len(subjects) == 0 {
		return catalogue.Subject{}, false
	}
	return slices.MinFunc(subjects, func(a, b catalogue.Subject) int {
		return cmp.Or(rank(a)-rank(b), cmp.Compare(place[a.Unit+"/"+a.Name], place[b.Unit+"/"+b.Name]))
	}), true
}

// handedOut ends the name of the copy of a file as it was handed out, which Go
// does not build.
const handedOut = ".handed-out"

// copyOut writes a wrong program to a folder, without what names its mistake,
// and the files that its unit gives.
func (c *Coach) copyOut(s catalogue.Subject, folder string) error {
	files, err := c.stripped(s)
	if err != nil {
		return err
	}
	given, err := build.Given(&scenario.Unit{Root: c.Root, Name: s.Unit}, filepath.Join(c.Root, s.Folder))
	if err != nil {
		return err
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	for name, text := range files {
		for _, to := range []string{name, name + handedOut} {
			if err := os.WriteFile(filepath.Join(folder, to), []byte(text), 0o644); err != nil {
				return err
			}
		}
	}
	for _, f := range given {
		text, err := readFile(f)
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(folder, filepath.Base(f)), []byte(text), 0o644); err != nil {
			return err
		}
	}
	return nil
}

// stripped returns the files of a wrong program without what names the mistake.
func (c *Coach) stripped(s catalogue.Subject) (map[string]string, error) {
	paths, err := filepath.Glob(filepath.Join(c.Root, s.Folder, "*.go"))
	if err != nil {
		return nil, err
	}
	files := map[string]string{}
	for _, p := range paths {
		text, err := readFile(p)
		if err != nil {
			return nil, err
		}
		name := filepath.Base(p)
		if files[name], err = mend.Strip(text, c.text(path.Join("solutions", s.Unit, name))); err != nil {
			return nil, fmt.Errorf("%s/%s: %w", filepath.ToSlash(s.Folder), name, err)
		}
	}
	return files, nil
}

// mended says how many programs are mended, in the form of format; "" when none
// is.
func (c *Coach) mended(format string) string {
	n := len(c.Grader.Store.Learner().Mending.Mended)
	if n == 0 {
		return ""
	}
	return fmt.Sprintf(format, n, len(c.wrongs("")))
}
