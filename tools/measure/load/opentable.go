package main

import (
	"encoding/csv"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"
)

// A summary is one server at one rate, all rounds together.
type summary struct {
	rounds  int       // whose percentiles up to p99 are the server's
	of      int       // rounds in all
	fault   string    // of the last round that is not
	rate    []float64 // of the rounds that are
	latency [len(percentiles)][]float64
	watch   []float64
	late    []float64
}

func summarise(points []point) summary {
	s := summary{of: len(points)}
	for _, p := range points {
		if i := slices.IndexFunc(p.fault[:p99+1], func(f string) bool { return f != "" }); i >= 0 {
			s.fault = p.fault[i]
			continue
		}
		s.rounds++
		s.rate, s.watch = append(s.rate, p.rate), append(s.watch, millis(p.watch))
		s.late = append(s.late, millis(p.late))
		for i, l := range p.latency {
			if p.fault[i] == "" {
				s.latency[i] = append(s.latency[i], millis(l))
			}
		}
	}
	return s
}

func millis(d time.Duration) float64 { return d.Seconds() * 1000 }

// theirs reports whether most rounds were the server's: otherwise its row is not
// reported.
func (s *summary) theirs() bool { return 2*s.rounds > s.of }

// at returns the values at percentile number i, none when that of one of the rounds
// is the generator's: all percentiles of a row are those of the same rounds.
func (s *summary) at(i int) []float64 {
	if len(s.latency[i]) < s.rounds {
		return nil
	}
	return s.latency[i]
}

// three shows a figure with three significant digits.
func three(v float64) string {
	for places, bound := range []float64{100, 10, 1} {
		if v >= bound {
			return strconv.FormatFloat(v, 'f', places, 64)
		}
	}
	return strconv.FormatFloat(v, 'f', 3, 64)
}

// middle is the median alone, or a dash where there is no figure.
func middle(values []float64) string {
	if len(values) == 0 {
		return "–"
	}
	return three(median(values))
}

func median(values []float64) float64 {
	v := slices.Sorted(slices.Values(values))
	return (v[(len(v)-1)/2] + v[len(v)/2]) / 2
}

// conditions says in one line how a series was measured.
func (s *series) conditions() string {
	arrivals := "evenly spaced"
	if s.poisson {
		arrivals = fmt.Sprintf("Poisson arrivals (seed %d)", s.seed)
	}
	return fmt.Sprintf("%s, %v at each rate", arrivals, s.each)
}

// openTable lays the latencies out.
func (s *series) openTable(head string, servers []server, curves []curveOf) string {
	var b strings.Builder
	fmt.Fprintf(&b, `%sopen loop, %s; the generator has a processor to itself
latency in ms, counted from when a request was due; median (least to greatest)
100 %% is what %s does in a closed loop in the same round
`, head, s.conditions(), servers[0].name)
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	for i, srv := range servers {
		fmt.Fprintf(&b, "\n%s\n  %s\n", srv.name, closedLine(curves, i))
		fmt.Fprintln(w, "  offered\tp50\tp90\tp99\tp99.9\tmax\tp99 from sending\trounds")
		for n, percent := range s.offered {
			fmt.Fprintln(w, openRow(percent, summarise(curves[i].points[n])))
		}
		w.Flush()
	}
	return b.String()
}

// closedLine says what server number i did in the closed loop, and how busy it and
// the generator were.
func closedLine(curves []curveOf, i int) string {
	var rates, ratios, cpu, wait, busy []float64
	for round, p := range curves[i].most {
		rates, ratios = append(rates, p.rate), append(ratios, p.rate/curves[0].most[round].rate)
		cpu, wait, busy = append(cpu, 100*p.cpu), append(wait, 100*p.wait), append(busy, 100*p.busy)
	}
	line := spread(rates, whole) + " echoes a second in a closed loop"
	if i > 0 {
		line += ", ratio " + spread(ratios, parts)
	}
	return fmt.Sprintf("%s\n  of a processor there: server %.0f %%, and %.0f %% waiting for one; generator %.0f %%",
		line, median(cpu), median(wait), median(busy))
}

func openRow(percent float64, s summary) string {
	row := fmt.Sprintf("  %.0f %%", percent)
	if !s.theirs() {
		return fmt.Sprintf("%s\tnot reported, %d of %d rounds are not the server's: %s",
			row, s.of-s.rounds, s.of, s.fault)
	}
	for i := range percentiles {
		if i == p99 {
			row += "\t" + spread(s.at(i), three)
		} else {
			row += "\t" + middle(s.at(i))
		}
	}
	return fmt.Sprintf("%s\t%s\t%d of %d", row, middle(s.watch), s.rounds, s.of)
}

// columns are those of the CSV file; package curve draws from them.
var columns = []string{"server", "offered", "rounds", "answered", "p50", "p50_least", "p50_greatest", "p90", "p99",
	"p99_least", "p99_greatest", "p99.9", "max", "p99_from_sending", "p99_late"}

// openCSV is the same table for programs: latencies in ms, offered in per cent, and
// nothing where the generator was the bottleneck.
func (s *series) openCSV(head string, servers []server, curves []curveOf) string {
	var b strings.Builder
	for line := range strings.Lines(head) {
		b.WriteString("# " + line)
	}
	b.WriteByte('\n')
	w := csv.NewWriter(&b)
	w.Write(columns)
	for i, srv := range servers {
		for n, percent := range s.offered {
			w.Write(append([]string{srv.name, fmt.Sprint(percent)}, fieldsOf(summarise(curves[i].points[n]))...))
		}
	}
	w.Flush()
	return b.String()
}

func fieldsOf(s summary) []string {
	if !s.theirs() {
		return append([]string{fmt.Sprint(s.rounds)}, make([]string, len(columns)-3)...)
	}
	p50, p99 := s.latency[0], s.latency[p99]
	fields := []string{fmt.Sprint(s.rounds), fmt.Sprintf("%.0f", median(s.rate))}
	for _, values := range [][]float64{p50, {slices.Min(p50)}, {slices.Max(p50)}, s.at(1), p99, {slices.Min(p99)},
		{slices.Max(p99)}, s.at(3), s.at(4), s.watch, s.late} {
		field := ""
		if len(values) > 0 {
			field = strconv.FormatFloat(median(values), 'f', 4, 64)
		}
		fields = append(fields, field)
	}
	return fields
}
