// Guest-book has a thousand goroutines that sign one book. A lock orders them.
package main

import (
	"fmt"
	"sync"
)

func main() {
	b := book{times: map[string]int{}}
	var signed sync.WaitGroup
	for range 1000 {
		signed.Go(func() { b.sign("a guest") })
	}
	signed.Wait()
	fmt.Println("a guest:", b.times["a guest"])
}

// A book says how often each guest has signed it.
type book struct {
	mu    sync.Mutex
	times map[string]int // used only while mu is held
}

// sign adds one to what is written for name.
func (b *book) sign(name string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.times[name]++
}
