package batch

import (
	"context"
	"io"
	"io/fs"
	"testing/fstest"
	"time"

	"loopback/tools/engine/process"
	"loopback/tools/engine/scenario"
	"loopback/tools/grade"
)

// An Order is what a grading process is asked for.
type Order struct {
	Unit    string
	Files   map[string][]byte // the scenarios of the unit, and others for which they stand, by their path in the course
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
	process.StaySmall()
	process.Seal() // from here on a program of others runs
	if o.Open {
		process.LeaveOpen()
	}
	u, err := scenario.LoadUnitFrom(o.course(), noCourse, o.Unit)
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

// noCourse is where the course lies for a grader in a box: nowhere.
const noCourse = "/nonexistent"

// course is all that a grader has of the course.
func (o *Order) course() fs.FS {
	files := fstest.MapFS{}
	for name, data := range o.Files {
		files[name] = &fstest.MapFile{Data: data}
	}
	return files
}
