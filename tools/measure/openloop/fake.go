package openloop

import "time"

// A Fake is a server that is not there, in logical time: it answers one request
// after another, each in the time Service, and stands still once. Nothing sleeps,
// and nothing depends on the machine: a run of ten seconds takes a moment.
type Fake struct {
	Service time.Duration
	StallAt time.Duration // from here on ...
	Stall   time.Duration // ... it answers nothing for this long
	// Turn is how long the generator needs for a turn: 0 is one without any work.
	Turn time.Duration

	now  time.Duration
	free time.Duration // when the server has done all that it was given
	next []reply       // in order
}

// A reply is an answer that will come.
type reply struct {
	conn int
	at   time.Duration
}

// step is how far the clock goes while nothing happens.
const step = 10 * time.Microsecond

// Now is the logical time.
func (f *Fake) Now() time.Duration { return f.now }

// Send queues a request at the server.
func (f *Fake) Send(conn int) error {
	begin := max(f.now, f.free)
	if begin >= f.StallAt && begin < f.StallAt+f.Stall {
		begin = f.StallAt + f.Stall
	}
	f.free = begin + f.Service
	f.next = append(f.next, reply{conn, f.free})
	return nil
}

// Poll lets a little time pass, and tells what has been answered by then.
func (f *Fake) Poll(answered func(conn int)) error {
	f.now += max(step, f.Turn)
	for len(f.next) > 0 && f.next[0].at <= f.now {
		answered(f.next[0].conn)
		f.next = f.next[1:]
	}
	return nil
}
