package openloop

import (
	"fmt"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// A Result is what one run has measured. All times have three significant digits.
type Result struct {
	Answered int
	Took     time.Duration // from the beginning to the last answer

	latency  *hdrhistogram.Histogram // from when a request was due
	watch    *hdrhistogram.Histogram // from when it was sent
	lateness *hdrhistogram.Histogram // from when it was due to when the generator got round to it
	busy     time.Duration           // how long the generator had something to do
}

func newResult() *Result {
	h := func() *hdrhistogram.Histogram {
		return hdrhistogram.New(1, int64(10*time.Minute), 3)
	}
	return &Result{latency: h(), watch: h(), lateness: h()}
}

func (r *Result) answer(latency, watch time.Duration) {
	r.Answered++
	r.latency.RecordValue(int64(latency))
	r.watch.RecordValue(int64(watch))
}

func (r *Result) late(d time.Duration) { r.lateness.RecordValue(int64(d)) }

// Latency returns the time within which so many per cent of the requests were
// answered, counted from when they were due; 100 gives the greatest.
func (r *Result) Latency(percent float64) time.Duration { return at(r.latency, percent) }

// FromSending is Latency as a generator gives it that omits what comes before
// sending: it is shown for comparison.
func (r *Result) FromSending(percent float64) time.Duration { return at(r.watch, percent) }

// Lateness says how late the generator itself was for so many per cent of the
// requests at the most.
func (r *Result) Lateness(percent float64) time.Duration { return at(r.lateness, percent) }

// Rate is how many answers came in a second.
func (r *Result) Rate() float64 { return float64(r.Answered) / max(r.Took, 1).Seconds() }

// Busy is the part of the time, from 0 to 1, in which the generator had something
// to do.
func (r *Result) Busy() float64 { return float64(r.busy) / float64(max(r.Took, 1)) }

// The bounds beyond which a figure is the generator's.
const (
	mostBusy = 0.9  // of the time
	mostLate = 0.25 // of the latency
)

// Fault says why what was measured at a percentile is the generator's and not the
// server's, or "".
func (r *Result) Fault(percent float64) string {
	late, latency := r.Lateness(percent), r.Latency(percent)
	switch {
	case r.Answered == 0:
		return "no request was due"
	case r.Busy() > mostBusy:
		return fmt.Sprintf("the generator was busy %.0f %% of the time", 100*r.Busy())
	case float64(late) > mostLate*float64(latency):
		return fmt.Sprintf("of %.3g ms the generator itself was late %.3g ms", 1000*latency.Seconds(),
			1000*late.Seconds())
	}
	return ""
}

func at(h *hdrhistogram.Histogram, percent float64) time.Duration {
	return time.Duration(h.ValueAtPercentile(percent))
}
