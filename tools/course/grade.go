package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"loopback/tools/base/screen"
	"loopback/tools/class/rung"
	"loopback/tools/engine/process"
	"loopback/tools/engine/result"
	"loopback/tools/engine/scenario"
	"loopback/tools/grade"
)

type gradeFlags struct {
	dir, exec, format, only string
	hidden, feedback        string
	race, challenges        bool
	seed                    int
	deadline                time.Duration
	out                     string   // a file for the result
	inside                  bool     // this is the process that another one watches
	alone                   bool     // and it has been started in a network of its own
	argv                    []string // of exec
	conceal                 []string // paths that the program must not read
	piped                   []byte   // the archive that --hidden - has read
	sandbox                 rung.Mode
}

// seedFlag adds --seed to a command that grades.
func seedFlag(c *cobra.Command, seed *int) {
	c.Flags().IntVar(seed, "seed", 0, "of what scenarios make up: the same `number` makes up the same (default: "+
		"drawn, or that of "+grade.SeedVariable+")")
}

// formats are the forms in which a result is printed.
// All but json are for learners, too.
var formats = map[string]func(*result.Result, result.Feedback) ([]byte, error){
	"text":  func(r *result.Result, f result.Feedback) ([]byte, error) { return []byte(r.ForLearner(f).Text()), nil },
	"json":  func(r *result.Result, _ result.Feedback) ([]byte, error) { return r.JSON() },
	"junit": func(r *result.Result, f result.Feedback) ([]byte, error) { return result.JUnit(r.ForLearner(f)) },
}

func newGrade() *cobra.Command {
	var f gradeFlags
	c := &cobra.Command{
		Use:   "grade UNIT",
		Short: "grade one program",
		Long: `Grade builds the program of a unit into a process of its own and runs the unit's
scenarios against it. Nothing of the program is linked into the grader, so this
is the door for marks.

The program is exercises/UNIT, or the folder in --dir, or any command that keeps
the contract of the unit: --exec "python3 server.py". Quotes in it mean what they
mean to a shell, and nothing else does. It is restarted for each scenario: what
must be compiled, compile before.

With --sandbox require a program is graded only where the machine keeps it in, in a
network of its own. With auto there is what the machine gives: a network of its own
for the program in a folder, where the result is a file or json or junit. Sandbox in
the result says what held. Which files a program can read, batch alone bounds, but
for the folder in --hidden and the paths in --conceal.

Challenges run when all else passes, and change neither the score nor the exit
status. With --challenges they run in any case but that of a program that fails
the first scenario, and the exit status is 1 when one is not passed. Their points
stay apart: challenges in the JSON.`,
		Example: `  go run ./tools/course grade 02-echo-once
  course grade 02-echo-once --dir submissions/ada --format json --out ada.json
  go run ./tools/course grade 04-goroutine-per-client --exec "python3 server.py"`,
		Args:              takes(1, "UNIT"),
		ValidArgsFunction: completeUnit,
		RunE:              func(c *cobra.Command, args []string) error { return f.run(c, args[0]) },
	}
	c.Flags().StringVar(&f.dir, "dir", "", "the `folder` that holds the program")
	c.Flags().StringVar(&f.exec, "exec", "", "the `command` to grade instead of a folder")
	c.Flags().StringVar(&f.format, "format", "text", "text, json for the canonical result, or junit for other systems")
	c.Flags().StringVar(&f.only, "only", "", "run this one `scenario`")
	c.Flags().BoolVar(&f.race, "race", false, "build with the race detector (needs a C compiler)")
	c.Flags().BoolVar(&f.challenges, "challenges", false, "also run the challenges, and count them")
	c.Flags().DurationVar(&f.deadline, "deadline", usualDeadline, "end the whole grading after this `time`: then "+
		"there is no mark, and the result says why")
	c.Flags().StringVar(&f.out, "out", "", "write the result to this `file`, whole and at the end")
	c.Flags().BoolVar(&f.inside, "inside", false, "")
	c.Flags().BoolVar(&f.alone, "alone", false, "")
	c.Flags().MarkHidden("inside")
	c.Flags().MarkHidden("alone")
	seedFlag(c, &f.seed)
	sandboxFlag(c, &f.sandbox)
	c.Flags().StringVar(&f.hidden, "hidden", "", "a `folder` with more scenarios, laid out as testdata is, or - for a "+
		"zip archive of one on standard input")
	c.Flags().StringArrayVar(&f.conceal, "conceal", nil, "a `path` that the program must not read; where it cannot be "+
		"kept from that there is no mark")
	c.Flags().StringVar(&f.feedback, "feedback", string(result.FeedbackFull), feedbackHelp)
	c.RegisterFlagCompletionFunc("only", completeOnly)
	c.RegisterFlagCompletionFunc("format",
		cobra.FixedCompletions(slices.Sorted(maps.Keys(formats)), cobra.ShellCompDirectiveNoFileComp))
	return c
}

func (f *gradeFlags) run(c *cobra.Command, unit string) error {
	u, err := loadUnit(unit)
	if err != nil {
		return err
	}
	if err := f.check(c); err != nil {
		return err
	}
	if err := f.addMore(u); err != nil {
		return err
	}
	if f.exec != "" {
		if f.argv, err = command(f.exec); err != nil {
			return err
		}
	}
	if f.only != "" {
		if f.only, err = scenarioName(u, f.only); err != nil {
			return err
		}
	}
	if f.sandbox == rung.None {
		process.LeaveOpen()
	}
	if why := f.keepFromSight(); why != nil {
		return f.could(grade.CouldNot(u, why.Error()))
	}
	if f.watched() {
		return f.watch(c, u)
	}
	process.StaySmall()
	process.Seal() // from here on programs of others run
	r, err := f.grade(c, u)
	if err != nil {
		r = grade.CouldNot(u, whyNot(c.Context(), err.Error()))
	}
	r.Sandbox = f.kept(r)
	if err := f.print(r); err != nil {
		return err
	}
	return f.status(r)
}

// whyNot says why there is no mark: that Ctrl-C was pressed, or else why.
func whyNot(ctx context.Context, why string) string {
	if ctx.Err() != nil {
		return "grading was interrupted"
	}
	return strings.TrimSpace(why)
}

// print prints the result, or writes it to the file that is asked for.
func (f *gradeFlags) print(r *result.Result) error {
	data, err := formats[f.format](r, result.Feedback(f.feedback))
	switch {
	case err != nil:
		return err
	case f.out != "" && !f.inside:
		return replace(f.out, data)
	case f.format == "text":
		screen.New(os.Stdout).Print(string(data))
	default:
		_, err = os.Stdout.Write(data)
	}
	return err
}

// replace writes a file so that a reader finds all of it or what was there.
func replace(path string, data []byte) error {
	tmp, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*.tmp")
	if err != nil {
		return err
	}
	defer os.Remove(tmp.Name()) // it has its name by then, unless something failed
	_, err = tmp.Write(data)
	if err := errors.Join(err, tmp.Chmod(0o644), tmp.Close()); err != nil {
		return err
	}
	return os.Rename(tmp.Name(), path)
}

// status is the exit status for a result.
func (f *gradeFlags) status(r *result.Result) error {
	switch {
	case r.Status == result.CouldNotGrade:
		if r.Reason != "" && (f.format != "text" || f.out != "") { // the text begins with it
			screen.New(os.Stderr).Printf("course: could not grade: %s\n", r.Reason)
		}
		f.sayErrors(r)
		return status(cannot)
	case !r.AllPass():
		return status(notAll)
	}
	return nil
}

// mostErrors is how many scenarios that could not be graded are told on standard error.
const mostErrors = 5

// sayErrors says on standard error which scenarios could not be graded, and why, unless the
// report does: it tells the first failure alone, and of a hidden scenario nothing.
func (f *gradeFlags) sayErrors(r *result.Result) {
	said := 0
	for _, t := range r.Tests {
		told := f.format == "text" && t == r.FirstFailure() && !t.Scenario.IsHidden()
		if t.Status != result.Error || told || r.Reason != "" || said == mostErrors {
			continue
		}
		screen.New(os.Stderr).Printf("course: could not grade: %s: %s\n", t.ID, t.Rationale)
		said++
	}
}

// usualDeadline is far more than any program of the course needs.
const usualDeadline = 15 * time.Minute

// check finds wrong use before anything is built.
func (f *gradeFlags) check(c *cobra.Command) error {
	switch {
	case formats[f.format] == nil:
		return fmt.Errorf("--format must be text, json or junit, not %q", f.format)
	case !slices.Contains(result.Feedbacks, result.Feedback(f.feedback)):
		return fmt.Errorf("--feedback must be full, actual-only or none, not %q", f.feedback)
	case f.dir != "" && f.exec != "":
		return errors.New("--dir and --exec exclude each other")
	case f.exec != "" && f.race:
		return errors.New("--race builds a folder; a command is graded as it is")
	case f.sandbox.Check() != nil:
		return f.sandbox.Check()
	case f.deadline < 0:
		return errors.New("--deadline must be a time such as 2m")
	case f.seed < 0:
		return errors.New("--seed must be a whole number from 1 on")
	case c.Flags().Changed("dir") && f.dir == "": // such as a variable that was not set
		return errors.New("--dir needs a folder")
	case c.Flags().Changed("exec") && strings.TrimSpace(f.exec) == "":
		return errors.New("--exec needs a command")
	case f.dir != "":
		return folder(f.dir)
	}
	return nil
}

func folder(dir string) error {
	fi, err := os.Stat(dir)
	if err != nil {
		return fmt.Errorf("--dir: %w", err)
	}
	if !fi.IsDir() {
		return fmt.Errorf("--dir: %s is a file; give the folder that holds it", dir)
	}
	if _, err := os.ReadDir(dir); err != nil {
		return fmt.Errorf("--dir: %w", err)
	}
	return nil
}

func (f *gradeFlags) grade(c *cobra.Command, u *scenario.Unit) (*result.Result, error) {
	o, stop := following(u)
	defer stop()
	o.Only, o.Seed, o.Challenges, o.Deadline = f.only, f.seed, f.challenges, f.deadline
	o.Private = f.dir != ""
	if f.exec != "" {
		return grade.GradeCommand(c.Context(), u, f.argv, o)
	}
	dir := f.dir
	if dir == "" {
		dir = filepath.Join(u.Root, "exercises", u.Name)
	}
	return grade.GradeFolder(c.Context(), u, dir, f.race, o)
}
