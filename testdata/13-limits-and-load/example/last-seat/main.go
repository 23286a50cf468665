// Last-seat sells the last seat of a hall to two customers that come at the
// same moment. It looks and sells in two steps, or, with -one-step, in one.
package main

import (
	"flag"
	"fmt"
	"sync"
	"sync/atomic"
)

func main() {
	oneStep := flag.Bool("one-step", false, "look and sell in one step")
	flag.Parse()
	h := &hall{free: 1}
	h.looking.Add(2)
	buy := h.lookThenSell
	if *oneStep {
		buy = h.sell
	}
	var sold atomic.Int64
	var customers sync.WaitGroup
	for range 2 {
		customers.Go(func() {
			if buy() {
				sold.Add(1)
			}
		})
	}
	customers.Wait()
	fmt.Println("1 seat was free, and sold:", sold.Load())
}

// A hall has seats that are free.
type hall struct {
	mu      sync.Mutex
	free    int
	looking sync.WaitGroup // those who have not looked yet
}

// lookThenSell takes the lock twice: to look, and to sell.
func (h *hall) lookThenSell() bool {
	h.mu.Lock()
	room := h.free > 0
	h.mu.Unlock()
	h.looking.Done()
	h.looking.Wait() // the other customer looks now
	h.mu.Lock()
	defer h.mu.Unlock()
	if room {
		h.free--
	}
	return room
}

// sell takes it once.
func (h *hall) sell() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	room := h.free > 0
	if room {
		h.free--
	}
	return room
}
