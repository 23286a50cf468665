package mutants

import (
	"cmp"
	"context"
	"os"
	"path/filepath"
	"runtime"
	"sync"

	"loopback/tools/engine/scenario"
)

// Options say what is tried, and how.
type Options struct {
	File     string // what is changed: the main.go of a program that passes
	Parallel int    // how many are graded at once; 0 for as many as processors
	Race     bool   // build each with the race detector
	// Told is given each fate as soon as it is known, by any goroutine, one at a time.
	Told func(Mutant, Fate)
}

// All tries every mutant of a file.
func All(ctx context.Context, u *scenario.Unit, o Options) error {
	src, err := os.ReadFile(o.File)
	if err != nil {
		return err
	}
	stub, err := os.ReadFile(filepath.Join(u.Root, "exercises", u.Name, "main.go"))
	if err != nil {
		return err
	}
	made, err := Of(src, stub)
	if err != nil {
		return err
	}
	var (
		wg     sync.WaitGroup
		mu     sync.Mutex
		failed error
		slots  = make(chan struct{}, cmp.Or(max(o.Parallel, 0), runtime.NumCPU()))
	)
	for _, m := range made {
		slots <- struct{}{}
		if ctx.Err() != nil {
			break
		}
		wg.Go(func() {
			defer func() { <-slots }()
			fate, err := Try(ctx, u, m, o.Race)
			mu.Lock()
			defer mu.Unlock()
			switch {
			case ctx.Err() != nil: // it was stopped on the way, and nothing is known of it
			case err != nil:
				failed = err
			default:
				o.Told(m, fate)
			}
		})
	}
	wg.Wait()
	if err := ctx.Err(); err != nil {
		return err
	}
	return failed
}
