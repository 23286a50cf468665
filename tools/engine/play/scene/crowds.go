package scene

import "sync"

// A crowd is many clients at once. How many file descriptors all crowds of this process
// may have together is bounded (RLIMIT_NOFILE in getrlimit(2)).
type allCrowds struct {
	mu    sync.Mutex
	left  sync.Cond
	taken int
}

// crowds are those of all scenarios that run at this moment.
var crowds = func() *allCrowds {
	a := &allCrowds{}
	a.left.L = &a.mu
	return a
}()

// take waits until there is room for n clients among limit descriptors, of which half is for
// crowds, and returns n, for give. A crowd that is larger than that comes alone.
func (a *allCrowds) take(n, limit int) int {
	a.mu.Lock()
	defer a.mu.Unlock()
	for a.taken > 0 && a.taken+n > limit/2 {
		a.left.Wait()
	}
	a.taken += n
	return n
}

// give gives back what take returned.
func (a *allCrowds) give(n int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.taken -= n
	a.left.Broadcast()
}
