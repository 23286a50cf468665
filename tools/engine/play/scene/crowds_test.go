package scene

import (
	"testing"
	"time"
)

// Crowds that are too large together come one after the other; one that is too large by
// itself comes alone.
func TestCrowds(t *testing.T) {
	a := &allCrowds{}
	a.left.L = &a.mu
	first := a.take(4000, 10000)
	came := make(chan int)
	go func() { came <- a.take(4000, 10000) }()
	select {
	case <-came:
		t.Fatal("the second came beside the first")
	case <-time.After(20 * time.Millisecond):
	}
	a.give(first)
	a.give(<-came)
	if n := a.take(9000, 10000); n != 9000 || a.taken != 9000 {
		t.Errorf("took %d, taken %d", n, a.taken)
	}
}
