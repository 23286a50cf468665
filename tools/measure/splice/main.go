// Splice measures what it costs to pass bytes from one TCP connection to another in
// Go, in two ways, and prints a table.
//
//	go run ./tools/measure/splice [-size MIB] [-rounds N]
//
// Both relays call io.Copy. One gives it two connections, and Go asks the kernel to
// move the bytes (splice(2)). The other one hides them behind types of its own, which
// are nothing but a reader and a writer, and the bytes go through a buffer of 32 KiB.
//
// Each relay is a process of its own, in which one session passes -size MiB; sender
// and receiver are this program. A relay's processor time is what the kernel says that
// it has used by its end. In each round both are measured, one after the other, in an
// order that alternates. A figure is the median of all rounds, with the least and the
// greatest; a ratio is that of one round, and again the median of all.
package main

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"time"
)

// The bounds of a run.
const (
	mostSize   = 16 << 10 // MiB
	mostRounds = 50
)

func main() {
	size := flag.Int("size", 1024, "how many `MiB` pass in a session")
	rounds := flag.Int("rounds", 7, "how many `rounds`")
	way := flag.String("relay", "", "be a relay that copies in this `way`, for the address that follows")
	flag.Parse()
	if *size < 1 || *size > mostSize || *rounds < 1 || *rounds > mostRounds {
		fmt.Fprintf(os.Stderr, "splice: -size must be from 1 to %d, -rounds from 1 to %d\n", mostSize, mostRounds)
		os.Exit(2)
	}
	err := error(nil)
	if *way != "" {
		err = relay(*way, flag.Arg(0))
	} else {
		err = compare(int64(*size)<<20, *rounds)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "splice:", err)
		os.Exit(1)
	}
}

// compare measures both ways in each round, and prints the table.
func compare(size int64, rounds int) error {
	load, _ := os.ReadFile("/proc/loadavg")
	results := map[string][]cost{}
	for round := range rounds {
		order := []string{direct, hidden}
		if round%2 == 1 {
			order[0], order[1] = order[1], order[0]
		}
		for _, way := range order {
			c, err := measure(way, size)
			if err != nil {
				return fmt.Errorf("%s, round %d: %w", way, round+1, err)
			}
			results[way] = append(results[way], c)
		}
	}
	command := strings.Join(append([]string{"$ go run ./tools/measure/splice"}, os.Args[1:]...), " ")
	average, _, _ := strings.Cut(string(load), " ")
	fmt.Printf("%s\n%s; %d MiB in each session; %d rounds\nload average %s before; "+
		"median (least to greatest); a ratio is to %q in the same round\n", command, machine(), size>>20, rounds,
		average, title[direct])
	for _, way := range []string{direct, hidden} {
		print(way, results[way], results[direct])
	}
	return nil
}

// title is what the table calls a way.
var title = map[string]string{direct: "io.Copy of two connections", hidden: "io.Copy of what hides them"}

// print prints what a way has cost, and how that compares.
func print(way string, all, first []cost) {
	fmt.Printf("\n%s\n", title[way])
	for _, row := range []struct {
		name string
		of   func(cost) float64
	}{
		{"MiB in a second", func(c cost) float64 { return c.mib / c.took.Seconds() }},
		{"processor time for a GiB, ms", func(c cost) float64 { return ms(c.user+c.system) * 1024 / c.mib }},
		{"  in the program", func(c cost) float64 { return ms(c.user) * 1024 / c.mib }},
		{"  in the kernel", func(c cost) float64 { return ms(c.system) * 1024 / c.mib }},
	} {
		var values, ratios []float64
		for i, c := range all {
			values = append(values, row.of(c))
			ratios = append(ratios, row.of(c)/row.of(first[i]))
		}
		low, middle, high := spread(values)
		text := fmt.Sprintf("%.0f (%.0f to %.0f)", middle, low, high)
		if _, ratio, _ := spread(ratios); way != direct {
			text = fmt.Sprintf("%-22s ratio %.2f", text, ratio)
		}
		fmt.Printf("  %-30s %s\n", row.name, text)
	}
}

func ms(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
