package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"loopback/tools/base/screen"
	"loopback/tools/class/batch"
	"loopback/tools/class/rung"
	"loopback/tools/class/term"
	"loopback/tools/engine/result"
)

type batchFlags struct {
	batch.Options
	units  []string
	course string
}

func newBatch() *cobra.Command {
	var f batchFlags
	c := &cobra.Command{
		Use:   "batch DIR",
		Short: "grade a whole class",
		Long: `Batch grades every submission in DIR and writes what they came to into the folder
in --out. A submission is a folder or a zip archive: a program's folder, a folder
with a folder for each unit, or a clone of the course, as they were handed in or
as an export of Gradescope and a download of Classroom 50 give them. Only Go
files are taken, and what else lies beside them is named. A folder that is nearly
named as a unit, such as 2 or echo-once, is taken for it.

Without --unit the units are those that submissions have folders for. With one
unit the program may lie at the top of a submission.

Each grading is a process of its own with a deadline. Where the kernel allows it
it has a network, processes and a read-only view of the files of its own; where
it does not, gradings could meet on loopback, and there is one at a time. With
--sandbox require nothing is graded there.

OUT gets a folder for each learner, with UNIT.json, the canonical result, and
report.html, a page to hand back; grades.csv, details.csv, review.csv (what a
person must look at), changes.csv (marks that were others before) and index.html,
a page about the class. A batch that was interrupted goes on with --resume.

The course's own solution is graded first, and again when many programs have
failed. When it does not pass, the machine is the cause: the batch ends, and takes
back the marks since it last passed.

The exit status is 0 when all could be graded, and 3 when something could not.
What mark a program has changes nothing in it.`,
		Example: `  go run ./tools/course batch submissions --out graded --unit 02
  go run ./tools/course batch submissions --out graded --unit 02 --roster class.csv --resume`,
		Args: takes(1, "DIR"),
		RunE: func(c *cobra.Command, args []string) error { return f.run(c, args[0]) },
	}
	c.Flags().StringVar(&f.Out, "out", "", "the `folder` to write to")
	c.Flags().StringSliceVar(&f.units, "unit", nil, "the `units` that the submissions are for, with commas between")
	c.Flags().IntVarP(&f.Parallel, "parallel", "j", 0, "how many gradings at once (default: as many as processors)")
	c.Flags().BoolVar(&f.Resume, "resume", false, "keep what was graded before and has not changed")
	c.Flags().StringSliceVar(&f.Only, "only", nil, "grade these `ids` alone; tables keep what they had of others")
	c.Flags().StringVar(&f.Roster, "roster", "", "a CSV `file` with a column id, and others to find submissions by")
	c.Flags().BoolVar(&f.Anonymous, "anonymous", false, "write ids that say nothing; OUT-key.csv says whose they are")
	c.Flags().StringVar(&f.Against, "against", "", "compare with this `folder` of an earlier batch (default: OUT)")
	c.Flags().BoolVar(&f.Race, "race", false, "build with the race detector (needs a C compiler)")
	c.Flags().DurationVar(&f.Deadline, "deadline", batch.Deadline, "how `long` a grading may take; then it is no mark")
	c.Flags().IntVar(&f.Seed, "seed", 0, "of what scenarios make up, the same `number` for all (default: drawn once, "+
		"and kept in OUT)")
	c.Flags().StringVar(&f.course, "course", "", "a YAML `file` that says which units count, and how much")
	hiddenFlag(c, &f.Hidden)
	c.Flags().StringVar((*string)(&f.Feedback), "feedback", string(result.FeedbackFull), feedbackHelp)
	sandboxFlag(c, &f.Sandbox)
	c.MarkFlagDirname("out")
	c.RegisterFlagCompletionFunc("unit", func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		return completeUnit(c, nil, "")
	})
	return c
}

func (f *batchFlags) run(c *cobra.Command, dir string) error {
	var err error
	if f.Root, err = root(); err != nil {
		return err
	}
	if f.Dir = dir; f.Out == "" {
		return errors.New("batch needs --out FOLDER, to write to")
	}
	if f.Parallel < 0 || f.Deadline < time.Second || f.Seed < 0 {
		return errors.New("batch: -j and --seed are numbers from 1 on, and --deadline is at least a second")
	}
	if err := f.Sandbox.Check(); err != nil {
		return err
	}
	if !slices.Contains(result.Feedbacks, f.Feedback) {
		return fmt.Errorf("--feedback must be full, actual-only or none, not %q", f.Feedback)
	}
	for _, u := range f.units {
		name, err := unitName(f.Root, u)
		if err != nil {
			return err
		}
		f.Units = append(f.Units, name)
	}
	if f.course != "" {
		if len(f.units) > 0 {
			return errors.New("--course names the units; --unit and --course exclude each other")
		}
		name := func(short string) (string, error) { return unitName(f.Root, short) }
		if f.Term, err = term.Read(f.course, name); err != nil {
			return err
		}
	}
	f.Screen = screen.New(os.Stderr)
	class, err := batch.Run(c.Context(), f.Options)
	if errors.Is(err, rung.ErrMissing) {
		fmt.Fprintln(os.Stderr, "course: could not grade:", err)
		return status(cannot)
	}
	if errors.Is(err, batch.ErrInterrupted) || errors.Is(err, batch.ErrMachine) {
		fmt.Fprintln(os.Stderr, "course:", err)
		return status(cannot)
	}
	if err != nil {
		return err
	}
	fmt.Print(class.Summary())
	if class.Unknown() > 0 {
		return status(cannot)
	}
	return nil
}

// newGradeOne is what batch starts for each grading, and newBuildOne for each build.
func newGradeOne() *cobra.Command { return ofBatch(batch.ChildVerb, batch.Child) }
func newBuildOne() *cobra.Command { return ofBatch(batch.BuildVerb, batch.Build) }

func ofBatch(verb string, do func(context.Context, io.Reader, io.Writer) error) *cobra.Command {
	return &cobra.Command{Use: verb, Hidden: true, Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if err := do(c.Context(), os.Stdin, os.Stdout); err != nil {
				fmt.Fprintln(os.Stderr, err)
				return status(cannot)
			}
			return nil
		}}
}
