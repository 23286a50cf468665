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
	src, err := os.ReadFile(filepath.FromSlash(file))
	if err != nil {
		return err
	}
	made, err := Of(src)
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
