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
	"loopback/tools/engine/play/scene"
	"loopback/tools/engine/play/web"
	"loopback/tools/engine/process"
	"loopback/tools/engine/scenario"
)

// timelineRows is how many rows of the timeline a report shows at the most.
const timelineRows = 12

// playScenario runs one scenario against the program, in a process (or several)
// of its own, and leaves nothing behind. When ctx is done it ends early, with an
// outcome that says nothing.
func playScenario(ctx context.Context, sc *scenario.Scenario, prog *scene.Program) *record.Outcome {
	start := time.Now()
	if sc.Race && !prog.Race {
		return &record.Outcome{Skipped: "needs the race detector: " + prog.RaceBy}
	}
	if err := scene.LoopbackWorks(ctx); err != nil {
		v := scene.Lacking(record.Say("%v", err))
		return &record.Outcome{Verdict: &v}
	}
	scene.ForgetTempDir()
	tmp, err := os.MkdirTemp("", "loopback-")
	if err != nil {
		return scene.Cannot(err)
	}
	defer disk.RemoveAll(tmp)
	script, release, err := sc.Hold()
	if err != nil {
		return scene.Cannot(err)
	}
	defer release()
	s := scene.NewScene(sc, prog)
	s.Tmp, s.Ctx = tmp, ctx
	if sc.Through == "connect" {
		scene.Of[web.Tunnel](s)
	}
	s.Places = scenario.PlacesOf(sc.Script())
	if o := s.Enter(); o != nil {
		s.Leave()
		return o
	}
	if prog.Watched {
		s.Log.Watch(s.Sights.See(s.Net))
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
				e.Setenv("unique", s.Unique())
				return nil
			},
		})
	})
	failed := t.failed && !s.EndedWell
	if !failed && !s.EndedWell {
		s.Log.At(0) // the script is over
		failed = finish(s)
	}
	strays := s.Close()
	if err := context.Cause(ctx); err != nil {
		return scene.Cannot(fmt.Errorf("not finished: %w", err))
	}
	o := outcome(s, failed, strays, t)
	o.Took = time.Since(start)
	return o
}

// finish checks, when every line of the script has passed, that the program
// itself came through unharmed.
func finish(s *scene.Scene) (failed bool) {
	defer func() {
		switch r := recover().(type) {
		case nil:
		case scene.Stop:
			failed = true
		default:
			panic(r)
		}
	}()
	if len(s.Programs) == 0 {
		s.Fail(record.Verdict{Code: record.CannotGrade,
			What: record.Say("%v: the scenario starts no program, and so proves nothing",
				filepath.ToSlash(s.Scenario.File))})
	}
	s.Finish()
	for _, p := range s.Programs {
		if p.Quit {
			continue
		}
		s.Rest(p)
		if p.Gone() {
			p.Drain()
		}
		s.CheckRace(p)
		s.CheckSame(p)
		s.CheckGenuine(p)
		s.CheckBurden(p)
		st, gone := p.Proc.Status()
		if gone && !p.Checked && (st.Code != 0 || st.Signal != "") {
			s.Dead(p, record.Verdict{})
		}
		s.CheckChatter(p)
	}
	return false
}

// mistake is said where the script itself could not be played.
const mistake = "The scenario could not be played as it is written, whatever the program does. If you have written " +
	"it, mend the line that is named; if not, tell its authors what is printed here."

func outcome(s *scene.Scene, failed bool, strays []process.Stray, t *scriptT) *record.Outcome {
	o := &record.Outcome{Verdict: s.Verdict, Skipped: s.Skipped, ByProgram: s.ByProgram,
		Untouched: s.Untouched, Program: s.Kind()}
	o.Line, _ = t.place()
	if failed && o.Verdict == nil && o.Skipped == "" {
		_, message := t.place()
		o.Verdict = &record.Verdict{Code: record.CannotGrade, Only: true, Cause: mistake,
			What: record.Say("%s:%d: %s", filepath.ToSlash(s.Scenario.File), o.Line, message)}
	}
	if o.Verdict == nil && o.Skipped == "" && len(strays) > 0 {
		s.Trouble("", "it left processes behind")
		o.Verdict = &record.Verdict{Code: record.Left,
			What: record.Say("the program left processes behind, and they were ended: %v", names(strays))}
	}
	if o.Verdict == nil && o.Skipped == "" {
		s.CheckAlone()
		o.Verdict = s.Verdict
	}
	if o.Verdict == nil && o.Skipped == "" {
		o.Skipped = s.Unseen
	}
	o.Events, o.Names = s.Log.Events(), s.Names()
	o.Timeline = record.Draw(s.Kind(), o.Events, timelineRows)
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
