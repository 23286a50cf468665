package openloop

import (
	"fmt"
	"time"
)

// A Wire is what requests are sent over: numbered connections, each with at most
// one request under way, and a clock.
type Wire interface {
	// Now is the time since the run began.
	Now() time.Duration
	// Send sends a request over a connection that has none under way.
	Send(conn int) error
	// Poll calls answered for each connection whose answer has come since the last
	// call. It does not wait for one.
	Poll(answered func(conn int)) error
}

// The bounds of a run.
const (
	patience = 10 * time.Second // for the next answer, whichever it is
	drain    = time.Minute      // for all answers, once the last request was due
)

// Open sends a request at each time of due, or as soon after it as one of conns
// connections is free, and waits for all answers. Latency counts from due.
func Open(w Wire, conns int, due []time.Duration) (*Result, error) {
	return drive(w, conns, &timetable{due: due})
}

// Closed sends the next request over each of conns connections as soon as the
// answer to the one before has come, for the time d, and at least one. Latency counts
// from sending: in a closed loop nothing is ever due.
func Closed(w Wire, conns int, d time.Duration) (*Result, error) {
	return drive(w, conns, &eager{until: d})
}

// A pace says when requests are due.
type pace interface {
	// notice takes note of what is due now, and gives the lateness of each.
	notice(now time.Duration, late func(time.Duration))
	// next takes the next request that is due, if there is one.
	next(now time.Duration) (due time.Duration, ok bool)
	// over reports whether no more will be due.
	over(now time.Duration) bool
	// left is how many are due or will be, as far as that is known, and end is when
	// the last of them is.
	left() int
	end() time.Duration
}

// A timetable is the pace of an open loop.
type timetable struct {
	due           []time.Duration
	noticed, sent int // how many
}

func (t *timetable) notice(now time.Duration, late func(time.Duration)) {
	for t.noticed < len(t.due) && t.due[t.noticed] <= now {
		late(now - t.due[t.noticed])
		t.noticed++
	}
}

func (t *timetable) next(time.Duration) (due time.Duration, ok bool) {
	if t.sent == t.noticed {
		return 0, false
	}
	t.sent++
	return t.due[t.sent-1], true
}

func (t *timetable) over(time.Duration) bool { return t.left() == 0 }

func (t *timetable) left() int { return len(t.due) - t.sent }

func (t *timetable) end() time.Duration { return t.due[len(t.due)-1] }

// An eager pace is that of a closed loop.
type eager struct {
	until time.Duration
	begun bool // a request was sent: a busy machine may let the time pass before the first
}

func (e *eager) notice(time.Duration, func(time.Duration)) {}

func (e *eager) next(now time.Duration) (due time.Duration, ok bool) {
	if e.over(now) {
		return 0, false
	}
	e.begun = true
	return now, true
}

func (e *eager) over(now time.Duration) bool { return e.begun && now >= e.until }

func (e *eager) left() int { return 0 }

func (e *eager) end() time.Duration { return e.until }

// A run is requests under way.
type run struct {
	w    Wire
	free queue           // connections without a request
	due  []time.Duration // by connection: when its request was due
	sent []time.Duration // and when it was sent
	got  *Result
}

// drive looks, in turn, what is due, what can be sent and what has come, without
// ever sleeping: a generator that sleeps is woken late. It has a processor to
// itself.
func drive(w Wire, conns int, p pace) (*Result, error) {
	r := &run{w: w, free: newQueue(conns), due: make([]time.Duration, conns),
		sent: make([]time.Duration, conns), got: newResult()}
	var last time.Duration // when an answer came, or nothing was under way
	now := w.Now()
	for !p.over(now) || r.free.n < conns {
		p.notice(now, r.got.late)
		sent, err := r.send(p, now)
		if err != nil {
			return nil, err
		}
		came, err := r.receive()
		if err != nil {
			return nil, err
		}
		turn := w.Now()
		if sent > 0 || came > 0 {
			r.got.busy += turn - now
		}
		if came > 0 || r.free.n == conns {
			last = turn
		}
		if now = turn; now-last > patience {
			return nil, fmt.Errorf("no answer came for %v, and %d are under way", patience, conns-r.free.n)
		}
		if left := p.left(); left > 0 && now > p.end()+drain {
			return nil, fmt.Errorf("%d requests have not been sent %v after the last of them was due: offer less",
				left, drain)
		}
	}
	r.got.Took = now
	return r.got, nil
}

// send sends what is due, as far as connections are free, and counts it.
func (r *run) send(p pace, now time.Duration) (n int, err error) {
	for ; r.free.n > 0; n++ {
		due, ok := p.next(now)
		if !ok {
			break
		}
		c := r.free.take()
		r.due[c], r.sent[c] = due, r.w.Now()
		if err := r.w.Send(c); err != nil {
			return n, err
		}
	}
	return n, nil
}

// receive takes the answers that have come, and counts them.
func (r *run) receive() (n int, err error) {
	err = r.w.Poll(func(c int) {
		now := r.w.Now()
		r.got.answer(now-r.due[c], now-r.sent[c])
		r.free.put(c)
		n++
	})
	return n, err
}

// A queue holds the numbers of connections. Which was free first is used first, so
// that all are used.
type queue struct {
	ring     []int
	first, n int
}

func newQueue(n int) queue {
	q := queue{ring: make([]int, n), n: n}
	for i := range q.ring {
		q.ring[i] = i
	}
	return q
}

func (q *queue) take() int {
	c := q.ring[q.first]
	q.first = (q.first + 1) % len(q.ring)
	q.n--
	return c
}

func (q *queue) put(c int) {
	q.ring[(q.first+q.n)%len(q.ring)] = c
	q.n++
}
