package main

import (
	"fmt"
	"os"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"loopback/tools/author/laws"
)

func newSoak() *cobra.Command {
	o, private, stall := laws.SoakOptions{}, "", false
	c := &cobra.Command{
		Use:   "soak [UNIT...]",
		Short: "repeat all verdicts, on a busy machine if asked, and count wrong ones",
		Long: `Soak grades every program whose verdict is known (solutions, right variants, wrong
programs) again and again, in random order, at GOMAXPROCS 1, 2 and 8, and counts
verdicts that are not what they must be. A wrong program is run through the
scenario that is meant for it, all others through all scenarios.

With --stall the process that grades is stopped again and again for up to two
seconds, and what it grades runs on: whatever a busy machine does to a grader once
in thousands of verdicts happens within minutes. Solutions and right variants alone
are repeated. A verdict may then be that the machine is too busy: these are counted
apart.

With --hidden the solution and the right variants meet the scenarios in that folder,
and nothing else is repeated: the author of one sees that they pass it every time.

It can be stopped with Ctrl-C and says how far it has come. The order is the same
for the same seed, so that --skip goes on from about there.`,
		ValidArgsFunction: completeUnit,
		RunE: func(c *cobra.Command, args []string) error {
			if stall {
				return stalled(c, o.Seed)
			}
			return soak(c, args, o, private)
		},
	}
	hiddenFlag(c, &private)
	c.Flags().IntVarP(&o.Repeats, "repeats", "n", 10, "how often each program is graded")
	c.Flags().BoolVar(&o.Burn, "burn", false, "keep every processor busy meanwhile")
	c.Flags().BoolVar(&stall, "stall", false, "stop the grader again and again, for up to two seconds")
	c.Flags().BoolVar(&o.Stalled, stalledFlag, false, "")
	c.Flags().MarkHidden(stalledFlag)
	c.Flags().BoolVar(&o.Race, "race", false, "build every program with the race detector (needs a C compiler)")
	c.Flags().Uint64Var(&o.Seed, "seed", 1, "of the random order")
	c.Flags().IntVar(&o.Skip, "skip", 0, "how many verdicts, the first of the order, to leave out")
	return c
}

func soak(c *cobra.Command, args []string, o laws.SoakOptions, private string) error {
	dir, err := root()
	if err != nil {
		return err
	}
	for _, arg := range args {
		u, err := loadUnit(arg)
		if err != nil {
			return err
		}
		o.Units = append(o.Units, u.Name)
	}
	if private != "" {
		if o.Hidden, err = hiddenOf(dir, private, o.Units); err != nil {
			return err
		}
	}
	var mu sync.Mutex
	start := time.Now()
	last := start
	o.Wrong = func(line string) {
		mu.Lock()
		defer mu.Unlock()
		fmt.Println("WRONG", line)
	}
	o.Note = func(done, of, wrong int) {
		mu.Lock()
		defer mu.Unlock()
		if time.Since(last) > 10*time.Second {
			last = time.Now()
			fmt.Fprintf(os.Stderr, "%d of %d, %d wrong\n", done, of, wrong)
		}
	}
	count, err := laws.Soak(c.Context(), dir, o)
	on := "programs"
	if private != "" {
		on = "pairs of a right program and a hidden scenario"
	}
	late := ""
	if count.Late > 0 {
		late = fmt.Sprintf(", %d that the grader came too late", count.Late)
	}
	fmt.Printf("%d verdicts on %d %s, %d wrong%s (%.0f s)\n", count.Verdicts, count.Programs, on,
		count.Wrong, late, time.Since(start).Seconds())
	if err != nil {
		fmt.Fprintln(os.Stderr, "course: stopped early:", err)
		return status(cannot)
	}
	if count.Wrong > 0 {
		return status(notAll)
	}
	return nil
}
