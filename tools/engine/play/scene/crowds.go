package scene

import "sync"

// allCrowds counts the clients of all crowds that this process has at once. It may have so
// many open files and no more (RLIMIT_NOFILE in getrlimit(2)).
type allCrowds struct {
	mu    sync.Mutex
	left  *sync.Cond // some have gone
	taken int
}

// crowds are those of all scenarios that run at this moment.
var crowds = newCrowds()

func newCrowds() *allCrowds {
	a := &allCrowds{}
	a.left = sync.NewCond(&a.mu)
	return a
}

// take waits until n clients may come, of limit open files, and returns n, for give.
func (a *allCrowds) take(n, limit int) int {
	a.mu.Lock()
	defer a.mu.Unlock()
	for !a.fits(n, limit) {
		a.left.Wait()
	}
	a.taken += n
	return n
}

// fits reports whether n more clients may come: half of the files are for crowds, and a
// crowd that is larger than that comes alone.
func (a *allCrowds) fits(n, limit int) bool { return a.taken == 0 || a.taken+n <= limit/2 }

// give gives back what take returned.
func (a *allCrowds) give(n int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.taken -= n
	a.left.Broadcast()
}
