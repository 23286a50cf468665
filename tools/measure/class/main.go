// Class grades a class that is made up, from end to end, as an instructor would.
//
//	go run ./tools/measure/class [-n SUBMISSIONS] [-unit UNIT,UNIT] [-j N] [-twice] [-resume] [-keep FOLDER]
//
// The class hands in programs of this course whose verdicts are known: right ones, wrong
// ones and hostile ones, as folders, as clones and as archives. `course batch` grades it,
// is killed when a third is graded (SIGKILL, its own process alone), and goes on with
// --resume. Then it is looked at: no submission may be lost, what was graded before
// the kill must be the same bytes afterwards, no process may be left of the batch that was
// killed, and each verdict must be the one that the program is known for. With -twice the class
// is graded once more, without a kill, and all verdicts must be equal.
//
// It prints how long that took and how much memory there was in use at the peak, of
// all processes together. These figures are of this machine at this hour, and judged they are
// not. The exit status is 1 when anything else is not as it must be.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"strings"

	"loopback/tools/base/tree"
)

func main() {
	n := flag.Int("n", 300, "how many `submissions` there are")
	units := flag.String("unit", "01-dial,04-goroutine-per-client,08-framing", "the `units` that they are for")
	parallel := flag.Int("j", 0, "how many gradings at `once`; 0 for as many as processors")
	twice := flag.Bool("twice", false, "grade the class once more, and compare")
	resume := flag.Bool("resume", false, "go on with the class in the folder of -keep, without a kill")
	keep := flag.String("keep", "", "the `folder` for the class and what it came to (default: one that is removed)")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	problems, err := rehearse(ctx, *n, strings.Split(*units, ","), *parallel, *twice, *resume, *keep)
	for _, p := range problems {
		fmt.Println("NOT AS IT MUST BE:", p)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "class:", err)
	}
	if err != nil || len(problems) > 0 {
		os.Exit(1)
	}
}

// rehearse makes a class and grades it; it returns what is not as it must be.
func rehearse(ctx context.Context, n int, units []string, parallel int, twice, resume bool,
	dir string) ([]string, error) {
	root, err := tree.Root(".")
	if err != nil {
		return nil, err
	}
	if dir == "" {
		if dir, err = os.MkdirTemp("", "loopback-class-"); err != nil {
			return nil, err
		}
		defer os.RemoveAll(dir)
	}
	class, err := makeClass(root, filepath.Join(dir, "submissions"), units, n)
	if err != nil {
		return nil, err
	}
	fmt.Printf("%s, %d processors\n%s\n", runtime.Version(), runtime.NumCPU(), class)
	course := filepath.Join(dir, "course")
	build := exec.CommandContext(ctx, "go", "build", "-o", course, "./tools/course")
	build.Dir = root
	if out, err := build.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("building tools/course: %w\n%s", err, out)
	}
	one := &run{course: course, root: root, class: class, units: units, parallel: parallel,
		out: filepath.Join(dir, "graded")}
	var problems []string
	if resume {
		err = one.whole(ctx, "--resume")
	} else {
		problems, err = one.killedAndResumed(ctx)
	}
	if err != nil {
		return problems, err
	}
	graded, lost := class.results(one.out)
	problems = append(problems, lost...)
	problems = append(problems, class.judge(graded)...)
	if !twice {
		return problems, nil
	}
	two := *one
	two.out, two.took, two.peak = filepath.Join(dir, "graded-again"), 0, 0
	if err := two.whole(ctx); err != nil {
		return problems, err
	}
	again, lost := class.results(two.out)
	problems = append(problems, lost...)
	return append(problems, compare(graded, again)...), nil
}
