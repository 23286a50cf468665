package main

import (
	"fmt"
	"runtime"
	"slices"
	"strings"
	"text/tabwriter"

	"loopback/tools/base/record"
)

// A row is one figure of all servers.
type row struct {
	name  string
	value func(figures) float64
	show  func(float64) string
	ratio bool
}

var rows = []row{
	{"connections held", func(f figures) float64 { return float64(f.held) }, whole, false},
	{"memory a connection, KiB", func(f figures) float64 { return f.memory / 1024 }, tenths, true},
	{"CPU of an idle second, ms", func(f figures) float64 { return f.idle.Seconds() * 1000 }, tenths, false},
	{"echoes a second", func(f figures) float64 { return f.rate }, whole, true},
	{"CPU an echo, µs", func(f figures) float64 { return f.message.Seconds() * 1e6 }, tenths, true},
	{"threads", func(f figures) float64 { return float64(f.threads) }, whole, false},
}

func whole(v float64) string  { return record.Count(int(v + 0.5)) }
func tenths(v float64) string { return fmt.Sprintf("%.1f", v) }
func parts(v float64) string  { return fmt.Sprintf("%.2f", v) }

// machine says in one line what the figures were measured on and how.
func machine(l load, rounds int) string {
	return fmt.Sprintf("%s/%s, %d processors, %s; %d connections, %d active; %d rounds",
		runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), runtime.Version(), l.conns, l.active, rounds)
}

// table lays the figures out: for each server the median of its rounds with
// the least and the greatest, and for all but the first its ratio to the first.
func table(head string, units []string, results [][]figures) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\nmedian (least to greatest); a ratio is to %s in the same round\n", head, units[0])
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	for i, unit := range units {
		fmt.Fprintf(w, "\n%s\n", unit)
		for _, r := range rows {
			values := make([]float64, len(results[i]))
			ratios := make([]float64, len(results[i]))
			for round, f := range results[i] {
				values[round] = r.value(f)
				ratios[round] = r.value(f) / r.value(results[0][round])
			}
			fmt.Fprintf(w, "  %s\t%s", r.name, spread(values, r.show))
			if i > 0 && r.ratio {
				fmt.Fprintf(w, "\tratio %s", spread(ratios, parts))
			}
			fmt.Fprintln(w)
		}
		w.Flush()
	}
	return b.String()
}

// spread gives the median of values, and the least and the greatest where they
// differ.
func spread(values []float64, show func(float64) string) string {
	v := slices.Sorted(slices.Values(values))
	middle, least, most := show((v[(len(v)-1)/2]+v[len(v)/2])/2), show(v[0]), show(v[len(v)-1])
	if least == most {
		return middle
	}
	return fmt.Sprintf("%s (%s to %s)", middle, least, most)
}
