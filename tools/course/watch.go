package main

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"loopback/tools/base/screen"
	"loopback/tools/companion/coach"
)

func newWatch() *cobra.Command {
	seed := 0
	c := &cobra.Command{
		Use:   "watch [UNIT]",
		Short: "grade each time you save, and tell what happened",
		Long: `Watch follows your programs and grades the one that you have saved. It shows the
report of the first scenario that fails as soon as it is certain, and the table of
all scenarios when they have been run. Edit, save, read: that is all.

It begins with the exercise that you work on, or with UNIT, and goes to another
one when you press n or p or edit that other program. It never goes on by itself.

  h   a hint, and each time one that goes further
  l   the list of all exercises
  n   the next exercise that is not done          p   the one before
  r   grade again
  d   grade with the race detector, which needs a C compiler; the list remembers
      what passed with it until the program is edited
  v   the whole report, where it is higher than the terminal
  c   where the chapter explains it; with PAGER set, the chapter
  x   the report of a challenge that is not passed; each time that of another
  s   the difference from the reference, once the exercise passes
  q   quit

Without a terminal, as in a pipe, it prints plain lines and has no keys. Where
TERM is dumb keys come with Enter. NO_COLOR leaves colours out.`,
		Example: `  go run ./tools/course watch
  PAGER=less go run ./tools/course watch 02`,
		Args:              takes(0, "UNIT"),
		ValidArgsFunction: completeUnit,
		RunE:              func(c *cobra.Command, args []string) error { return runWatch(c, args, seed) },
	}
	seedFlag(c, &seed)
	return c
}

func runWatch(c *cobra.Command, args []string, seed int) error {
	co, err := newCoach()
	if err != nil {
		return err
	}
	co.Screen, co.Seed = screen.New(os.Stdout), seed
	var o coach.WatchOptions
	if len(args) > 0 {
		if o.Unit, err = unitName(co.Root, args[0]); err != nil {
			return err
		}
	}
	o.Keys = screen.OpenKeys(c.Context(), os.Stdin)
	defer o.Keys.Close()
	resumed, stop := resume()
	defer stop()
	o.Resume = resumed
	if pager := strings.Fields(os.Getenv("PAGER")); len(pager) > 0 && canLend && co.Screen.Moves() && o.Keys != nil {
		o.Read = func(path string) {
			if err := page(pager, os.Stdin, filepath.Join(co.Root, path)); err != nil {
				fmt.Fprintln(os.Stderr, "course:", err)
			}
		}
	}
	return co.Watch(c.Context(), o)
}

// page shows files, or what in has when there are none, with the learner's
// pager.
func page(pager []string, in io.Reader, files ...string) error {
	cmd := exec.Command(pager[0], append(pager[1:len(pager):len(pager)], files...)...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = in, os.Stdout, os.Stderr
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("PAGER=%s: %w", strings.Join(pager, " "), err)
	}
	return nil
}
