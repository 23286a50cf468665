// Load compares the solutions of some units under one and the same load, and
// prints a table.
//
//	go run ./tools/measure/load [-n CONNS] [-active N] [-rounds N] [UNIT...]
//
// The units must be echo servers; without any it takes the two that the chapter
// on the readiness loop compares. Each round starts every server afresh, in
// turn, and measures on loopback:
//
//   - how many connections it holds, all of which were served once;
//   - how much physical memory it has taken for each of them, and how much
//     processor time they cost it while nobody says anything;
//   - how many messages of 64 bytes it echoes in a second, and how much
//     processor time each costs it, while some clients send one, wait for its
//     echo, and send the next.
//
// A figure is the median of all rounds, with the least and the greatest; a
// ratio is that of one round, and again the median of all. Rounds are what
// makes ratios worth more than the figures: what else this machine does hits
// both servers alike. The bytes are counted twice, by the clients and by the
// kernel at the server's end of each connection; a difference is an error.
//
// It needs Linux, for what the kernel says of the servers.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"loopback/tools/base/tree"
	"loopback/tools/engine/build"
)

// usual are the units that are compared when none is named.
var usual = []string{"04-goroutine-per-client", "06-readiness-loop"}

// The bounds of a run: it is a comparison, not an attack.
const (
	mostConns  = 20_000
	mostRounds = 50
)

func main() {
	l := load{silence: time.Second, talk: time.Second}
	flag.IntVar(&l.conns, "n", 1000, "how many `connections` are held")
	flag.IntVar(&l.active, "active", 50, "how many `clients` send messages")
	rounds := flag.Int("rounds", 5, "how many `rounds`")
	flag.Parse()
	units := flag.Args()
	if len(units) == 0 {
		units = usual
	}
	switch {
	case l.conns < 1 || l.conns > mostConns:
		wrongUse("-n must be from 1 to %d", mostConns)
	case l.active < 1 || l.active > l.conns:
		wrongUse("-active must be from 1 to what -n is")
	case *rounds < 1 || *rounds > mostRounds:
		wrongUse("-rounds must be from 1 to %d", mostRounds)
	}
	if err := run(l, units, *rounds); err != nil {
		fmt.Fprintln(os.Stderr, "load:", err)
		os.Exit(1)
	}
}

func wrongUse(format string, args ...any) {
	fmt.Fprintf(os.Stderr, "load: "+format+"\n", args...)
	os.Exit(2)
}

// run builds the units' solutions, measures them in turn and prints the table.
func run(l load, units []string, rounds int) error {
	root, err := tree.Root(".")
	if err != nil {
		return err
	}
	var servers []string
	for _, unit := range units {
		exe, err := build.Alone(context.Background(), root, filepath.Join(root, "solutions", unit), false)
		if err != nil {
			return fmt.Errorf("%s: %w", unit, err)
		}
		servers = append(servers, exe)
	}
	results := make([][]figures, len(units))
	for round := range rounds {
		for i, exe := range servers {
			f, err := l.measure(exe)
			if err != nil {
				return fmt.Errorf("%s, round %d: %w", units[i], round+1, err)
			}
			results[i] = append(results[i], f)
		}
	}
	fmt.Println("$ go run ./tools/measure/load " + strings.Join(os.Args[1:], " "))
	fmt.Print(table(machine(l, rounds), units, results))
	return nil
}
