package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"loopback/tools/class/convert"
	"loopback/tools/class/sheet"
	"loopback/tools/engine/result"
)

type convertFlags struct {
	format, out, feedback string
	points                int
}

func newConvert() *cobra.Command {
	var f convertFlags
	c := &cobra.Command{
		Use:   "convert RESULT",
		Short: "make another form of a result",
		Long: `Convert reads a canonical result, which grade --format json and batch write, and
prints it in another form: ` + strings.Join(convert.Names(), ", ") + `. RESULT is a file, or - for
standard input. Whatever the form, learners see of scenarios that are not visible
their names and whether they passed.

A program that could not be graded has no mark: where the form has no word for
that nothing is written, and the exit status is 3.`,
		Example: `  go run ./tools/course convert --format markdown graded/ada/02-echo-once.json`,
		Args:    takes(1, "RESULT"),
		RunE:    func(_ *cobra.Command, args []string) error { return f.run(args[0]) },
	}
	c.Flags().StringVar(&f.format, "format", "", "one of: "+strings.Join(convert.Names(), ", "))
	c.Flags().StringVar(&f.out, "out", "", "write to this `file`, all of it or nothing")
	c.Flags().StringVar(&f.feedback, "feedback", string(result.FeedbackFull), feedbackHelp)
	c.Flags().IntVar(&f.points, "points", 0, "what the unit is `worth` to "+strings.Join(convert.InPoints, " and ")+
		": the score is that share of it (default: the points of its scenarios)")
	c.RegisterFlagCompletionFunc("format", cobra.FixedCompletions(convert.Names(), cobra.ShellCompDirectiveNoFileComp))
	return c
}

// feedbackHelp is said of --feedback by all verbs that have it.
const feedbackHelp = "how `much` learners see of what failed: full, actual-only (without what was expected), or none"

func (f *convertFlags) run(file string) error {
	form := convert.Forms[f.format]
	if form == nil {
		return fmt.Errorf("--format must be one of %s, not %q", strings.Join(convert.Names(), ", "), f.format)
	}
	if !slices.Contains(result.Feedbacks, result.Feedback(f.feedback)) {
		return fmt.Errorf("--feedback must be full, actual-only or none, not %q", f.feedback)
	}
	if f.points != 0 && (f.points < 0 || !slices.Contains(convert.InPoints, f.format)) {
		return fmt.Errorf("--points is a whole number from 1 on, for the forms %s",
			strings.Join(convert.InPoints, " and "))
	}
	data, err := readInput(file)
	if err != nil {
		return err
	}
	r, err := sheet.Parse(data)
	if err != nil {
		fmt.Fprintf(os.Stderr, "course: %s is not a result: %v\n", file, err)
		return status(cannot) // a grader that ended without one has written nothing
	}
	text, err := form(r, convert.Options{Feedback: result.Feedback(f.feedback), Points: f.points, Env: os.Getenv})
	if errors.Is(err, convert.ErrNoMark) {
		fmt.Fprintln(os.Stderr, "course:", strings.TrimSuffix(err.Error()+": "+r.Reason, ": "))
		return status(cannot)
	}
	if err != nil {
		return err
	}
	if f.out != "" {
		return sheet.WriteWhole(f.out, text)
	}
	_, err = os.Stdout.Write(text)
	return err
}

func readInput(file string) ([]byte, error) {
	if file == "-" {
		return io.ReadAll(os.Stdin)
	}
	return os.ReadFile(file)
}
