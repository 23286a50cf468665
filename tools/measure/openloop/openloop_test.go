package openloop

import (
	"math"
	"slices"
	"strings"
	"testing"
	"time"
)

const ms = time.Millisecond

func server(f Fake) *Fake { return &f }

func TestConstant(t *testing.T) {
	got := Constant(1000, 4*ms)
	if want := []time.Duration{0, ms, 2 * ms, 3 * ms}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

// Poisson arrivals have the rate asked for; their gaps vary as much as they are
// long, which is what makes them Poisson; and a seed decides them.
func TestPoisson(t *testing.T) {
	due := Poisson(1000, 100*time.Second, 7)
	if !slices.Equal(due, Poisson(1000, 100*time.Second, 7)) || slices.Equal(due, Poisson(1000, 100*time.Second, 8)) {
		t.Error("the seed does not decide the times")
	}
	if !slices.IsSorted(due) || due[len(due)-1] >= 100*time.Second {
		t.Error("the times are not in order, or beyond the end")
	}
	var sum, squares float64
	for i := 1; i < len(due); i++ {
		gap := (due[i] - due[i-1]).Seconds() * 1000
		sum, squares = sum+gap, squares+gap*gap
	}
	n := float64(len(due) - 1)
	mean := sum / n
	deviation := math.Sqrt(squares/n - mean*mean)
	if math.Abs(mean-1) > 0.02 || math.Abs(deviation-1) > 0.03 {
		t.Errorf("gaps of %.3f ms, deviation %.3f ms; both should be about 1", mean, deviation)
	}
}

// A server that answers in 1 ms stands still for one second of ten. The same
// stall, seen in three ways: the closed loop sends nothing meanwhile, so it hides
// it; so does a watch that is started at sending; counted from when requests were
// due, every tenth was slow and more. (Time is logical: the figures are exact.)
func TestOmission(t *testing.T) {
	stall := Fake{Service: ms, StallAt: 5 * time.Second, Stall: time.Second}
	closed, err := Closed(server(stall), 1, 10*time.Second)
	if err != nil {
		t.Fatal(err)
	}
	open, err := Open(server(stall), 1, Constant(500, 10*time.Second))
	if err != nil {
		t.Fatal(err)
	}
	if closed.Answered != 9000 || open.Answered != 5000 {
		t.Errorf("%d and %d answers, want 9000 and 5000", closed.Answered, open.Answered)
	}
	for _, c := range []struct {
		name string
		got  time.Duration
		want time.Duration
	}{
		{"closed loop, p50", closed.Latency(50), ms},
		{"closed loop, p99.9", closed.Latency(99.9), ms},
		{"closed loop, the greatest", closed.Latency(100), time.Second},
		{"open loop from sending, p99.9", open.FromSending(99.9), ms},
		{"open loop from sending, the greatest", open.FromSending(100), time.Second},
		{"open loop, p50", open.Latency(50), ms},
		// A thousand requests wait: 500 that are due in the stall, and 500 that are
		// due while the server, twice as fast as they come, catches up. Their waits
		// go down evenly from 1 s to nothing.
		{"open loop, p90", open.Latency(90), 500 * ms},
		{"open loop, p99", open.Latency(99), 950 * ms},
		{"open loop, the greatest", open.Latency(100), time.Second},
	} {
		if off := (c.got - c.want).Abs(); off > c.want/100 && off > ms/10 {
			t.Errorf("%s: %v, want %v", c.name, c.got, c.want)
		}
	}
	for _, p := range []float64{50, 99, 100} {
		if why := open.Fault(p); why != "" {
			t.Errorf("p%v: it was the server that stood still, and not: %s", p, why)
		}
	}
}

// More connections change nothing about a stall, for requests are due all the
// same, but hide it from a watch that is started at sending less.
func TestOmissionManyConnections(t *testing.T) {
	stall := Fake{Service: ms, StallAt: 5 * time.Second, Stall: time.Second}
	open, err := Open(server(stall), 50, Constant(500, 10*time.Second))
	if err != nil {
		t.Fatal(err)
	}
	due, sent := open.Latency(99), open.FromSending(99)
	if (due-950*ms).Abs() > 10*ms || sent > due/5 {
		t.Errorf("p99 %v from due, %v from sending", due, sent)
	}
}

// A generator that needs longer for a turn than requests are apart says that it
// was the bottleneck.
func TestSlowGenerator(t *testing.T) {
	for _, c := range []struct {
		name string
		turn time.Duration
		want string
	}{
		{"quick", 0, ""},
		{"late", 300 * time.Microsecond, "of 0.5 ms the generator itself was late 0.2 ms"},
		{"never idle", 20 * ms, "the generator was busy "},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := &Fake{Service: 100 * time.Microsecond, Turn: c.turn}
			got, err := Open(w, 10, Constant(400, time.Second))
			if err != nil {
				t.Fatal(err)
			}
			if why := got.Fault(99); !strings.HasPrefix(why, c.want) || (c.want == "") != (why == "") {
				t.Errorf("got %q, want %q... (late %v of %v, busy %.2f)", why, c.want, got.Lateness(99),
					got.Latency(99), got.Busy())
			}
		})
	}
}

// An overloaded server is the bottleneck, and the generator does not say that it
// was itself: requests that wait for a connection have been noticed in time.
func TestOverload(t *testing.T) {
	got, err := Open(&Fake{Service: ms}, 10, Constant(1200, time.Second))
	if err != nil {
		t.Fatal(err)
	}
	if why := got.Fault(99); why != "" {
		t.Error(why)
	}
	if max := got.Latency(100); max < 190*ms || max > 210*ms || got.Answered != 1200 {
		t.Errorf("%d answers, the last after %v; 200 ms of work were too much", got.Answered, max)
	}
	if rate := got.Rate(); math.Abs(rate-1000) > 10 {
		t.Errorf("%.0f answers a second, want 1000", rate)
	}
}

// A server that is so slow that the queue would take hours is given up.
func TestHopeless(t *testing.T) {
	slow := &Fake{Service: time.Second, Turn: 10 * ms}
	const want = " requests have not been sent 1m0s after the last of them was due: offer less"
	if _, err := Open(slow, 1, Constant(1000, time.Second)); err == nil || !strings.HasSuffix(err.Error(), want) {
		t.Errorf("got %v", err)
	}
}

// However little time there is, a closed loop has a rate; and a rate that is none
// gives an empty schedule, not an endless one.
func TestNoTime(t *testing.T) {
	late := &Fake{Service: ms, now: time.Second}
	got, err := Closed(late, 3, ms)
	if err != nil || got.Answered != 1 || got.Rate() <= 0 {
		t.Errorf("%+v, %v", got, err)
	}
	for _, rate := range []float64{0, -1, math.NaN()} {
		if n := len(Constant(rate, ms)) + len(Poisson(rate, ms, 1)); n > 0 {
			t.Errorf("%d requests at a rate of %v", n, rate)
		}
	}
	if n := len(Poisson(math.SmallestNonzeroFloat64, ms, 1)); n > 0 {
		t.Errorf("%d requests at a rate of almost nothing", n)
	}
}

// A run without requests has no figures.
func TestNothingDue(t *testing.T) {
	got, err := Open(&Fake{Service: ms}, 1, nil)
	if err != nil || got.Rate() != 0 || got.Busy() != 0 || got.Fault(99) != "no request was due" {
		t.Errorf("%+v, %v", got, err)
	}
}

// A server that never answers ends the run with an error.
func TestNoAnswer(t *testing.T) {
	never := Fake{Service: ms, Stall: time.Hour}
	if _, err := Open(server(never), 3, Constant(10, time.Second)); err == nil ||
		!strings.Contains(err.Error(), "no answer came for 10s, and 3 are under way") {
		t.Errorf("got %v", err)
	}
}

// Every connection is used, in turn.
func TestQueue(t *testing.T) {
	q := newQueue(3)
	got := []int{q.take(), q.take()}
	q.put(1)
	q.put(0)
	got = append(got, q.take(), q.take(), q.take())
	if want := []int{0, 1, 2, 1, 0}; !slices.Equal(got, want) || q.n != 0 {
		t.Errorf("%v, %d left; want %v", got, q.n, want)
	}
}
