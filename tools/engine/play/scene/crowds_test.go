package scene

import "testing"

// Crowds that are too large together come one after the other; one that is too large by
// itself comes alone.
func TestCrowds(t *testing.T) {
	a := newCrowds()
	first := a.take(4000, 10000)
	if !a.fits(1000, 10000) || a.fits(1001, 10000) {
		t.Error("half of 10,000 files are for crowds, and 4,000 are taken")
	}
	second := make(chan int)
	go func() { second <- a.take(9000, 10000) }()
	a.give(first)
	a.give(<-second)
	if a.taken != 0 {
		t.Errorf("all have gone, and %d files are taken", a.taken)
	}
}
