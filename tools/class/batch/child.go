package batch

import (
	"context"
	"io"
	"time"

	"loopback/tools/engine/process"
	"loopback/tools/engine/scenario"
	"loopback/tools/grade"
)

// An Order is what a grading process is asked for.
type Order struct {
	Root    string // of a course that has the unit's scenarios, and need have no more
	Unit    string
	Seed    int
	Program grade.Built
	Hidden  []scenario.Hidden
	Example time.Duration // see [grade.Options]
	Open    bool          // nothing keeps the program in
}

// Child is the process that grades one program. It reads an [Order], a line of
// JSON, and writes the result. When its input ends the batch is gone, and it
// ends, too.
func Child(ctx context.Context, in io.Reader, out io.Writer) error {
	var o Order
	ctx, cancel, err := ordered(ctx, in, &o)
	if err != nil {
		return err
	}
	defer cancel()
	process.Seal() // from here on a program of others runs
	if o.Open {
		process.LeaveOpen()
	}
	u, err := scenario.LoadUnit(o.Root, o.Unit)
	if err != nil {
		return err
	}
	if err := u.Add(o.Hidden); err != nil {
		return err
	}
	r, err := grade.GradeBuilt(ctx, u, o.Program, grade.Options{Seed: o.Seed, Example: o.Example})
	if err != nil {
		return err
	}
	data, err := r.JSON()
	if err != nil {
		return err
	}
	_, err = out.Write(data)
	return err
}
