package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"loopback/tools/base/disk"
	"loopback/tools/base/screen"
	"loopback/tools/companion/replay"
	"loopback/tools/engine/result"
	"loopback/tools/engine/scenario"
	"loopback/tools/grade"
)

type runFlags struct {
	dir, html, hidden  string
	solution, timeline bool
	seed               int
}

func newRun() *cobra.Command {
	var f runFlags
	c := &cobra.Command{
		Use:   "run UNIT SCENARIO",
		Short: "run one scenario, and show the whole timeline",
		Long: `Run runs one scenario of a unit against your program and reports it.

With --timeline it shows all that went over the wire, also when the scenario
passes, with the lines of the script above the rows that they made. With --html
it writes that as a page with a picture: one file that needs no network, to go
through step by step with the arrow keys, or to print. Beside your program's run it
has that of the reference program, and what the kernel knew at each step.

With --hidden SCENARIO may be one of your own, which lies in that folder, and all is
shown of it.`,
		Example: `  go run ./tools/course run 02 byte-by-byte --timeline
  go run ./tools/course run 04 13 --solution --html idle-neighbour.html`,
		Args:              takes(2, "UNIT", "SCENARIO"),
		ValidArgsFunction: completeScenario,
		RunE:              func(c *cobra.Command, args []string) error { return f.run(c, args[0], args[1]) },
	}
	c.Flags().BoolVar(&f.timeline, "timeline", false, "show the whole timeline")
	c.Flags().StringVar(&f.html, "html", "", "write the timeline as a page to this `file`")
	c.Flags().BoolVar(&f.solution, "solution", false, "run the reference program instead of yours")
	c.Flags().StringVar(&f.dir, "dir", "", "run the program in this `folder`, such as a wrong one of testdata")
	hiddenFlag(c, &f.hidden)
	seedFlag(c, &f.seed)
	return c
}

func (f runFlags) run(c *cobra.Command, unit, scenario string) error {
	u, err := loadUnit(unit)
	if err != nil {
		return err
	}
	if f.hidden != "" {
		if err := addHidden(u, f.hidden); err != nil {
			return err
		}
	}
	id, err := scenarioName(u, scenario)
	if err != nil {
		return err
	}
	dir, err := f.folder(u)
	if err != nil {
		return err
	}
	sc := u.Scenario(id)
	o, stop := following(u)
	o.Only, o.Seed, o.Watched = id, f.seed, f.html != ""
	r, err := grade.GradeFolder(c.Context(), u, dir, sc.Race, o)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "course: could not grade:", whyNot(c.Context(), err.Error()))
		return status(cannot)
	}
	if err := f.show(c.Context(), u, r, sc, dir); err != nil {
		return err
	}
	switch {
	case r.Status == result.CouldNotGrade:
		return status(cannot)
	case !r.AllPass():
		return status(notAll)
	}
	return nil
}

// folder returns the folder of the program that is meant.
func (f runFlags) folder(u *scenario.Unit) (string, error) {
	switch {
	case f.solution && f.dir != "":
		return "", errors.New("--solution and --dir exclude each other")
	case f.solution:
		return filepath.Join(u.Root, "solutions", u.Name), nil
	case f.dir != "":
		return f.dir, folder(f.dir)
	}
	return filepath.Join(u.Root, "exercises", u.Name), nil
}

func (f runFlags) show(ctx context.Context, u *scenario.Unit, r *result.Result, sc *scenario.Scenario,
	dir string) error {
	out := screen.New(os.Stdout)
	t := r.Tests[0]
	if len(t.Events) == 0 || r.Untouched() {
		out.Print(r.Text())
		if f.html != "" {
			return errors.New("nothing went over the wire; no page was written")
		}
		return nil
	}
	text, err := scriptOf(u, sc)
	if err != nil {
		return err
	}
	run := replay.New(r, t, filepath.ToSlash(disk.Relative(u.Root, dir)), text)
	if f.timeline {
		out.Print(run.Text())
	}
	if !f.timeline || t.Status != result.Pass {
		out.Print(strings.TrimPrefix("\n"+r.Text(), map[bool]string{false: "\n"}[f.timeline]))
	}
	if f.html == "" {
		return nil
	}
	if run.Reference, err = f.reference(ctx, u, r.Seed, sc, text); err != nil {
		return err
	}
	var page bytes.Buffer
	if err := run.HTML(&page); err != nil {
		return err
	}
	if err := os.WriteFile(f.html, page.Bytes(), 0o644); err != nil {
		return fmt.Errorf("--html: %w", err)
	}
	fmt.Println("written:", f.html)
	return nil
}

// scriptOf returns the text of the file of a scenario.
func scriptOf(u *scenario.Unit, sc *scenario.Scenario) (string, error) {
	if sc.IsHidden() {
		return string(sc.Script()), nil
	}
	text, err := os.ReadFile(filepath.Join(u.Root, sc.File))
	return string(text), err
}

// reference runs the scenario against the reference program, for the page. It
// returns nil when that is the program whose run is shown, or when nothing of the
// reference's can be shown here.
func (f runFlags) reference(ctx context.Context, u *scenario.Unit, seed int, sc *scenario.Scenario,
	text string) (*replay.Run, error) {
	if f.solution {
		return nil, nil
	}
	dir := filepath.Join(u.Root, "solutions", u.Name)
	r, err := grade.GradeFolder(ctx, u, dir, sc.Race, grade.Options{Only: sc.ID, Seed: seed, Watched: true})
	if err != nil {
		return nil, fmt.Errorf("the reference program: %w", err)
	}
	if len(r.Tests) == 0 || len(r.Tests[0].Events) == 0 {
		return nil, nil
	}
	run := replay.New(r, r.Tests[0], filepath.ToSlash(disk.Relative(u.Root, dir)), text)
	return &run, nil
}
