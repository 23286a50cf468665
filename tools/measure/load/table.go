package main

import (
	"fmt"
	"math"
	"os"
	"runtime"
	"slices"
	"strings"
	"text/tabwriter"

	"loopback/tools/base/record"
)

// A row is one figure of all servers.
type row[T any] struct {
	name  string
	value func(T) float64
	show  func(float64) string
	ratio bool
}

var rows = []row[figures]{
	{"connections held", func(f figures) float64 { return float64(f.held) }, whole, false},
	{"memory a connection, KiB", func(f figures) float64 { return f.memory / 1024 }, tenths, true},
	{"CPU of an idle second, ms", func(f figures) float64 { return f.idle.Seconds() * 1000 }, tenths, false},
	{"echoes a second", func(f figures) float64 { return f.rate }, whole, true},
	{"CPU an echo, µs", func(f figures) float64 { return f.message.Seconds() * 1e6 }, tenths, true},
	{"threads", func(f figures) float64 { return float64(f.threads) }, whole, false},
}

func whole(v float64) string  { return record.Count(int(v + 0.5)) }
func tenths(v float64) string { return fmt.Sprintf("%.1f", math.Round(10*v)/10+0) } // +0: there is no -0.0
func parts(v float64) string  { return fmt.Sprintf("%.2f", v) }

// machine says in two lines what the figures were measured on and how.
func machine(load string, rounds int) string {
	return fmt.Sprintf("%s/%s, %d processors, %s; %s; %d rounds\n%s\n",
		runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), runtime.Version(), load, rounds, system())
}

// system names the kernel and the processor, and how busy they are before we begin.
func system() string {
	read := func(file string) string {
		text, _ := os.ReadFile(file)
		return string(text)
	}
	release, _, _ := strings.Cut(strings.TrimSpace(read("/proc/sys/kernel/osrelease")), "-")
	model := "unknown processor"
	if _, after, found := strings.Cut(read("/proc/cpuinfo"), "model name"); found {
		line, _, _ := strings.Cut(after, "\n")
		model = strings.TrimLeft(line, " \t:")
	}
	average, _, _ := strings.Cut(read("/proc/loadavg"), " ")
	return fmt.Sprintf("Linux %s, %s; load average %s before", release, model, average)
}

// table lays the figures out: for each server the median of its rounds with
// the least and the greatest, and for all but the first its ratio to the first.
func table(head string, all []server, results [][]figures) string {
	return tableOf(head, all, rows, results)
}

func tableOf[T any](head string, all []server, rows []row[T], results [][]T) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%smedian (least to greatest); a ratio is to %s in the same round\n", head, all[0].name)
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	for i, s := range all {
		fmt.Fprintf(w, "\n%s\n", s.name)
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
	middle, least, most := show(median(values)), show(slices.Min(values)), show(slices.Max(values))
	if least == most {
		return middle
	}
	return fmt.Sprintf("%s (%s to %s)", middle, least, most)
}
