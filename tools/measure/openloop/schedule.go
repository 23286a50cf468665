package openloop

import (
	"math/rand/v2"
	"time"
)

// Constant returns when requests are due that come at equal distances, rate of
// them in a second, for the time d: the first at 0. At a rate that is not above 0
// there are none.
func Constant(rate float64, d time.Duration) []time.Duration {
	return schedule(rate, d, func(n int) float64 { return float64(n) / rate })
}

// Poisson returns when requests are due that come independently of each other, as
// those of many clients do, on average rate of them in a second: the gaps between
// them are drawn from an exponential distribution. Equal seeds give equal times.
func Poisson(rate float64, d time.Duration, seed uint64) []time.Duration {
	random := rand.New(rand.NewPCG(seed, 0))
	at := 0.0
	return schedule(rate, d, func(int) float64 {
		at += random.ExpFloat64() / rate
		return at
	})
}

// schedule calls seconds with 0, 1, 2 ... until what it returns is d or more.
func schedule(rate float64, d time.Duration, seconds func(n int) float64) (due []time.Duration) {
	if !(rate > 0) {
		return nil // or it would go on forever
	}
	for n := 0; ; n++ {
		at := seconds(n)
		if !(at < d.Seconds()) {
			return due
		}
		due = append(due, time.Duration(at*float64(time.Second)))
	}
}
