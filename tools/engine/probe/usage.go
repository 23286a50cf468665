package probe

import (
	"sync"
	"time"
)

// Usage is what a running process has used of its machine. Where the kernel tells no
// more, this is what is left of [Activity]: it shows a loop that spins and memory that
// grows, but not whether the process sleeps.
type Usage struct {
	CPU    time.Duration // processor time of all its threads, also of those that have ended
	Memory int64         // bytes of physical memory
}

// UsageOf asks the kernel what one process of the caller's own has used. The error is
// [ErrNoEvidence] where the system does not say, or says of the caller itself what
// cannot be true.
func UsageOf(pid int) (Usage, error) {
	if !usageWorks() || pid != ownPID() && !tellsApart(pid) {
		return Usage{}, ErrNoEvidence
	}
	return usage(pid)
}

// usageWorks tries the evidence before anything rests on it: what the kernel tells of
// the caller, by the same way as of a program under test, is compared with what the
// caller knows of itself. So a layout that is not what we take it for, or a clock in
// other units, leads to no evidence and not to a wrong one.
var usageWorks = sync.OnceValue(func() bool {
	for range usageTries {
		before, mem := ownUsage()
		told, err := usage(ownPID())
		after, most := ownUsage()
		if err == nil && told.credible(before, after, min(mem, most)) {
			return true
		}
	}
	return false
})

// apart remembers whether the kernel tells the usage of the process that is named.
var apart struct {
	sync.Mutex
	known, yes bool
}

// tellsApart tries that on the first process that is asked about.
func tellsApart(pid int) bool {
	apart.Lock()
	defer apart.Unlock()
	if !apart.known {
		apart.yes, apart.known = isAnothers(func() (Usage, error) { return usage(pid) })
	}
	return apart.yes
}

// isAnothers reports whether what is told of another process is not the usage of the
// caller itself: there are systems that tell that, whichever process is named (Wine 8 is
// one). It asks again, while the caller's usage grows, until the two differ. If the
// process ends meanwhile nothing is known.
func isAnothers(tell func() (Usage, error)) (yes, known bool) {
	for range usageTries {
		before, _ := ownUsage()
		told, err := tell()
		after, _ := ownUsage()
		if err != nil {
			return false, false
		}
		if told.CPU < before || told.CPU > after {
			return true, true
		}
		for end := time.Now().Add(time.Second); time.Now().Before(end); {
			if now, _ := ownUsage(); now > after+usageGrain {
				break
			}
		}
	}
	return false, true
}

// usageTries is how often the two are compared: between the calls a thread of the
// caller may run on another processor, whose time is added up at its next tick.
const usageTries = 5

// usageGrain is how far two counts of the same processor time may be apart: one is
// exact, the other may go by the ticks of a clock (15.6 ms on Windows).
const usageGrain = 32 * time.Millisecond

// credible reports whether u can be the usage of a process that has used a processor
// for at least before and at most after, and never held more memory than most (0 when
// that is not known).
func (u Usage) credible(before, after time.Duration, most int64) bool {
	const least = 256 << 10 // no Go program is smaller
	return u.CPU >= before-before/10-usageGrain && u.CPU <= after+after/10+usageGrain &&
		u.Memory >= least && (most == 0 || u.Memory <= most+most/4)
}
