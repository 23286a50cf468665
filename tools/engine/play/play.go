package play

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"loopback/tools/base/disk"
	"loopback/tools/base/record"
	"loopback/tools/engine/process"
	"loopback/tools/engine/scenario"
)

// timelineRows is how many rows of the timeline a report shows at the most.
const timelineRows = 12

// playScenario runs one scenario against the program, in a process (or several)
// of its own, and leaves nothing behind. When ctx is done it ends early, with an
// outcome that says nothing.
func playScenario(ctx context.Context, root string, sc *scenario.Scenario, prog *Program) *record.Outcome {
	start := time.Now()
	if sc.Race && !prog.Race {
		return &record.Outcome{Skipped: "needs the race detector: " + prog.RaceBy}
	}
	if err := loopbackWorks(ctx); err != nil {
		v := lacking(record.Say("%v", err))
		return &record.Outcome{Verdict: &v}
	}
	forgetTempDir()
	tmp, err := os.MkdirTemp("", "loopback-")
	if err != nil {
		return cannot(err)
	}
	defer disk.RemoveAll(tmp)
	script, remove, err := scriptOf(sc)
	if err != nil {
		return cannot(err)
	}
	defer remove()
	s := newScene(sc, prog)
	s.tmp, s.ctx = tmp, ctx
	if sc.Through == "connect" {
		of[tunnel](s)
	}
	s.places = scenario.PlacesOf(sc.Script())
	if o := s.enter(); o != nil {
		s.leave()
		return o
	}
	if prog.Watched {
		s.log.Watch(s.sights.see(s.net))
	}
	t := &scriptT{}
	t.run(func() {
		testscript.RunT(t, testscript.Params{
			Files:               []string{script},
			Cmds:                scriptCommands(),
			RequireExplicitExec: true,
			Setup: func(e *testscript.Env) error {
				e.Values[sceneKey{}] = s
				e.Setenv("patience", sc.Patience.String())
				e.Setenv("unique", s.unique())
				return nil
			},
		})
	})
	failed := t.failed && !s.endedWell
	if !failed && !s.endedWell {
		s.log.At(0) // the script is over
		failed = s.finish()
	}
	strays := s.close()
	if err := context.Cause(ctx); err != nil {
		return cannot(fmt.Errorf("not finished: %w", err))
	}
	o := s.outcome(failed, strays, t)
	o.Took = time.Since(start)
	return o
}

// scriptOf writes the script as it was when the unit was read, in a folder that is
// none of the program's: a program of an earlier scenario may have changed the file of
// the course. A hidden one is held where no program can read it, if the system has such a place.
func scriptOf(sc *scenario.Scenario) (file string, remove func(), err error) {
	if held := sc.Held(); held != "" {
		return held, func() {}, nil
	}
	dir, err := os.MkdirTemp("", "loopback-script-")
	if err != nil {
		return "", nil, err
	}
	file = filepath.Join(dir, sc.ID+".txtar")
	if err = os.WriteFile(file, sc.Script(), 0o400); err != nil {
		disk.RemoveAll(dir)
	}
	return file, func() { disk.RemoveAll(dir) }, err
}

// finish checks, when every line of the script has passed, that the program
// itself came through unharmed.
func (s *scene) finish() (failed bool) {
	defer func() {
		switch r := recover().(type) {
		case nil:
		case stop:
			failed = true
		default:
			panic(r)
		}
	}()
	if len(s.programs) == 0 {
		s.fail(record.Verdict{Code: record.CannotGrade,
			What: record.Say("%v: the scenario starts no program, and so proves nothing",
				filepath.ToSlash(s.sc.File))})
	}
	for _, p := range s.programs {
		if p.quit {
			continue
		}
		s.rest(p)
		if p.gone() {
			p.drain()
		}
		s.checkRace(p)
		s.checkGenuine(p)
		s.checkBurden(p)
		st, gone := p.proc.Status()
		if gone && !p.checked && (st.Code != 0 || st.Signal != "") {
			s.dead(p, record.Verdict{})
		}
		s.checkChatter(p)
	}
	return false
}

func (s *scene) outcome(failed bool, strays []process.Stray, t *scriptT) *record.Outcome {
	o := &record.Outcome{Verdict: s.verdict, Skipped: s.skipped, ByProgram: s.byProgram,
		Untouched: s.untouched, Program: s.kind()}
	o.Line, _ = t.place()
	if failed && o.Verdict == nil && o.Skipped == "" {
		_, message := t.place()
		o.Verdict = &record.Verdict{Code: record.CannotGrade,
			What: record.Say("%s:%d: %s", filepath.ToSlash(s.sc.File), o.Line, message)}
	}
	if o.Verdict == nil && o.Skipped == "" && len(strays) > 0 {
		s.trouble("", "it left processes behind")
		o.Verdict = &record.Verdict{Code: record.Left,
			What: record.Say("the program left processes behind, and they were ended: %v", names(strays))}
	}
	if o.Verdict == nil && o.Skipped == "" {
		o.Skipped = s.unseen
	}
	o.Events, o.Names = s.log.Events(), s.names()
	o.Timeline, o.Needed = record.Draw(s.kind(), o.Events, timelineRows)
	return o
}

func names(strays []process.Stray) string {
	count, order := map[string]int{}, []string{}
	for _, p := range strays {
		name, _, _ := strings.Cut(filepath.Base(p.Command), " ")
		if count[name]++; count[name] == 1 {
			order = append(order, name)
		}
	}
	var out []string
	for _, name := range order[:min(len(order), 4)] {
		out = append(out, fmt.Sprintf("%s ×%d", name, count[name]))
	}
	return strings.Join(out, ", ")
}
