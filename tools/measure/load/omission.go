package main

import (
	"fmt"
	"strings"
	"text/tabwriter"
	"time"

	"loopback/tools/measure/openloop"
)

// omission shows what coordinated omission is: one stall, seen in three ways. The
// server is invented and its time is logical, so that this prints the same on
// every machine.
func omission() (string, error) {
	const took = 10 * time.Second
	server := func() *openloop.Fake {
		return &openloop.Fake{Service: time.Millisecond, StallAt: 5 * time.Second, Stall: time.Second}
	}
	closed, err := openloop.Closed(server(), 1, took)
	if err != nil {
		return "", err
	}
	open, err := openloop.Open(server(), 1, openloop.Constant(500, took))
	if err != nil {
		return "", err
	}
	var b strings.Builder
	b.WriteString(`logical time: an invented server, the same on every machine
it answers one request after another, each in 1 ms, and stands still once, for 1 s of 10 s
one connection; latency in ms

`)
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "\trequests\tp50\tp90\tp99\tp99.9\tmax")
	for _, line := range []struct {
		name    string
		r       *openloop.Result
		latency func(float64) time.Duration
	}{
		{"closed loop", closed, closed.Latency},
		{"500 a second, counted from sending", open, open.FromSending},
		{"500 a second, counted from when due", open, open.Latency},
	} {
		fmt.Fprintf(w, "%s\t%s", line.name, whole(float64(line.r.Answered)))
		for _, p := range percentiles {
			fmt.Fprintf(w, "\t%.0f", millis(line.latency(p)))
		}
		fmt.Fprintln(w)
	}
	w.Flush()
	return b.String(), nil
}
