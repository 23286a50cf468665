package mutants

import (
	"context"
	"os"
	"path/filepath"
	"sync"

	"loopback/tools/engine/scenario"
)

// All tries every mutant of a file, so many at once, and tells each fate as soon as it
// is known: from any goroutine, one at a time.
func All(ctx context.Context, u *scenario.Unit, file string, atOnce int, told func(Mutant, Fate)) error {
	src, err := os.ReadFile(file)
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
		slots  = make(chan struct{}, atOnce)
	)
	for _, m := range made {
		slots <- struct{}{}
		if ctx.Err() != nil {
			break
		}
		wg.Go(func() {
			defer func() { <-slots }()
			fate, err := Try(ctx, u, m)
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				failed = err
			} else {
				told(m, fate)
			}
		})
	}
	wg.Wait()
	if err := ctx.Err(); err != nil {
		return err
	}
	return failed
}
