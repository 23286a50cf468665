package main

import (
	"context"
	"fmt"
	"os"
	"time"

	"github.com/spf13/cobra"

	"loopback/tools/base/burner"
	"loopback/tools/base/record"
	"loopback/tools/engine/process"
)

func newWeave() *cobra.Command {
	var fix, burn bool
	var repeats int
	c := &cobra.Command{
		Use:   "weave",
		Short: "check that the chapters say what the code says",
		Long: `Weave compares every block of the chapters with its source, and checks names,
scenarios, pictures, links, terms and the table of contents. It runs no program.

With --fix it first writes again what has exactly one right form: whole
declarations, differences, scenarios, reports, pictures and SUMMARY.md. For the
pictures it plays their scenarios. It never writes prose; look at the difference
before you commit it.

With -n it also runs, N times, every terminal session and the scenario of every
picture. With --burn every processor is kept busy meanwhile, for a text must not
depend on who is faster.`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			dir, err := root()
			if err != nil {
				return err
			}
			if fix {
				if err := rewrite(c.Context(), dir); err != nil {
					return err
				}
			}
			found := compareText(dir)
			if repeats > 0 {
				found += repeatText(c.Context(), dir, repeats, burn)
			}
			if found > 0 {
				fmt.Fprintf(os.Stderr, "%s\n", record.Number(found, "problem"))
				return status(notAll)
			}
			fmt.Println("text and code agree")
			return nil
		},
	}
	c.Flags().BoolVar(&fix, "fix", false, "write blocks, pictures and SUMMARY.md again")
	c.Flags().IntVarP(&repeats, "repeats", "n", 0, "how often to run the terminal sessions and pictures")
	c.Flags().BoolVar(&burn, "burn", false, "keep every processor busy meanwhile")
	return c
}

// repeatText runs all that the chapters show, again and again, and counts what
// went wrong. A process that is left behind is wrong, too.
func repeatText(ctx context.Context, dir string, repeats int, burn bool) (found int) {
	if burn {
		stop := burner.Start()
		defer stop()
	}
	start, last := time.Now(), time.Now()
	done := 0
	for ; done < repeats && ctx.Err() == nil; done++ {
		n := runText(ctx, dir, func(string) {})
		if ctx.Err() != nil {
			break // what was not run to its end says nothing
		}
		found += n
		for _, s := range process.Sweep() {
			fmt.Printf("left behind: process %d, %s\n", s.PID, s.Command)
			found++
		}
		if time.Since(last) > 10*time.Second {
			last = time.Now()
			fmt.Fprintf(os.Stderr, "%d of %d, %s\n", done+1, repeats, record.Number(found, "problem"))
		}
	}
	fmt.Printf("all sessions and pictures run %d times, %s (%.0f s)\n", done,
		record.Number(found, "problem"), time.Since(start).Seconds())
	return found
}
