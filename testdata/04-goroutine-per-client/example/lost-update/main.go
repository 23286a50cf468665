// Lost-update has two goroutines add one to a counter, slowly enough to see it.
// Each of the three steps is safe. The addition is not.
package main

import (
	"fmt"
	"sync"
	"sync/atomic"
)

func main() {
	var counter atomic.Int64
	counter.Store(41)
	var read, written sync.WaitGroup
	read.Add(2)
	for range 2 {
		written.Go(func() {
			seen := counter.Load()
			read.Done()
			read.Wait() // the other one reads now
			counter.Store(seen + 1)
		})
	}
	written.Wait()
	fmt.Println("41, and two more:", counter.Load())
}
