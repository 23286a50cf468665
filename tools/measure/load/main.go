// Load compares servers under one and the same load, and prints a table.
//
//	go run ./tools/measure/load [FLAGS] [UNIT...]             in a closed loop
//	go run ./tools/measure/load -open [FLAGS] [UNIT...]       in an open loop, at several rates
//	go run ./tools/measure/load -memory [FLAGS] [UNIT...]     what a connection costs
//	go run ./tools/measure/load -proxy [FLAGS] [UNIT...]      forward proxies
//	go run ./tools/measure/load -omission                     why an open loop, in logical time
//
// The servers are the solutions of the units, which must be echo servers, of lines
// or of all there is, and commands that print "listening on ADDR" as those do. A unit
// may have flags behind its name, as in "04-goroutine-per-client -listen [::1]:0".
//
//	-exec NAME=COMMAND    a further server; may be given several times
//
// What is measured of a server is what its process and all its descendants use.
// Without any it takes the two that the chapter on the readiness loop compares.
// All run on loopback, and in rounds (-rounds): each round starts every server
// afresh and measures one after another, in an order that alternates from round to
// round. A figure is the median of all rounds, with the least and the greatest; a
// ratio is that of one round, and again the median of all. Rounds are what makes
// ratios worth more than the figures: what else this machine does hits all servers
// alike. Bytes are counted twice, by the clients and by the kernel at the server's
// end of each connection; a difference is an error.
//
// # A closed loop
//
// Some clients (-active) send a message of 64 bytes, wait for its echo, and send
// the next. The other connections, up to -n, are held and say nothing. The table
// shows
//
//   - how many connections the server holds, all of which were served once;
//   - how much physical memory it has taken for each of them, and how much
//     processor time they cost it while nobody says anything;
//   - how many messages it echoes in a second, and how much processor time each
//     costs it.
//
// In a closed loop it is the server that decides when the next request comes: each
// client waits for it. That is a good way to learn the most that a server can do,
// and a bad way to learn how long its clients wait. When the server stands still
// for a second, so do all clients, and only one request of each was slow.
//
// # An open loop
//
// Clients in the world do not know of each other, and do not wait until the server
// has time. With -open, requests are due at times from a schedule, at random as
// those of many clients are (Poisson; -even spaces them evenly), and go out over
// the active connections, whatever the server does. What is due while all
// connections wait for echoes goes out late, and that is where many load generators
// go wrong: if the watch starts when the request is sent, the time that it waited
// before is in no figure, and the worst moments of the server are the ones that
// are left out. That is called coordinated omission. Here the latency of a request
// counts from when it was due, and a run ends when every request that was due has
// its echo. The last column of the table shows for comparison what a watch that
// starts at sending would have said. -omission shows the difference where it can
// be followed by hand.
//
// Rates are offered in per cent (-offered) of what the first server does in a
// closed loop in the same round, so that the curves of two machines can be
// compared though their figures cannot. Above what a server can do its queue grows
// as long as the run lasts (-time): there a latency says how long that was, and
// nothing about the server but that it could not keep up. With -csv FILE the
// medians are written for programs, too; "course weave --fix" draws curves of them.
//
// The generator has a processor to itself and never sleeps; the servers have the
// others. It notes how late it was itself, how long after its time it got round to
// each request, and how much of the time it had something to do. A percentile of
// which more than a quarter is the generator's own lateness is not the server's, and
// neither is anything that was measured while the generator was busy for more than
// nine tenths of the time. A round in which that happens to the p99, or below it, is
// left out, and where it happens in half of them, the row says so in the place of
// figures. To send a message and read its
// echo costs a generator as much as the echo costs the server. Many active
// connections keep both of them busy all the time, and it is hard to say which of
// them is the bottleneck. With two, the usual number here, what limits the rate is
// how long an echo takes, and the generator has time to spare.
//
// Below the rate in a closed loop stands what that cost: how much of a processor the
// server and the generator had in use, and for how much of the time a thread of the
// server was ready to run and had to wait. More than a few per cent of waiting mean
// that other programs were running: take the figures again on a quiet machine.
//
// # What a connection costs
//
// With -memory the table shows for each connection that is held the physical memory
// of the server, the memory of the kernel's structures (Slab in proc_meminfo(5), and
// the largest of its caches where slabinfo(5) may be read, as root), and the memory
// of the kernel for bytes that are under way or unread (mem in /proc/net/sockstat).
// For the last row the server is stopped (SIGSTOP) and each client sends 4 KiB that
// it does not read. Both ends of a connection are on this machine, so what the kernel
// holds is for both.
//
// # Forward proxies
//
// With -proxy the servers are forward proxies of HTTP. Clients (-n, 100 unless it is
// given) ask an origin on this machine for a page through each of them, each client
// one request after another. A client keeps its connection where the proxy lets it,
// and dials again where it does not; the table says how often that was. Then all do
// the same with a new connection for each request. A proxy that is not ours has to be
// wrapped so that it prints "listening on ADDR" (testdata/tinyproxy.sh).
//
// It needs Linux, for what the kernel says of the servers.
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/kballard/go-shellquote"
)

// usual are the units that are compared when none is named.
var usual = []string{"04-goroutine-per-client", "06-readiness-loop"}

// The bounds of a run: it is a comparison, not an attack.
const (
	mostConns  = 20_000
	mostRounds = 50
	mostLoad   = 200 // per cent
	mostTime   = time.Minute
)

// options are what the command line says.
type options struct {
	series
	rounds                 int
	even                   bool
	offers, csv            string
	open, memory, omission bool
	proxy                  bool
	given                  commands
}

func main() {
	o := options{series: series{load: load{silence: time.Second, talk: time.Second}}}
	flag.IntVar(&o.conns, "n", 0, "how many `connections` are held: 1000, with -proxy 100")
	flag.IntVar(&o.active, "active", 0, "how many `clients` send messages: 50, with -open 2")
	flag.IntVar(&o.rounds, "rounds", 5, "how many `rounds`")
	flag.Var(&o.given, "exec", "a further server, as `NAME=COMMAND`")
	flag.BoolVar(&o.memory, "memory", false, "measure what a connection costs")
	flag.BoolVar(&o.proxy, "proxy", false, "compare forward proxies")
	flag.BoolVar(&o.omission, "omission", false, "show what coordinated omission is")
	flag.BoolVar(&o.open, "open", false, "offer the load in an open loop")
	flag.StringVar(&o.offers, "offered", "10,25,50,70,80,90,95,100,110,120", "with -open: the rates, in per `cent`")
	flag.BoolVar(&o.even, "even", false, "with -open: requests are due at equal distances")
	flag.Uint64Var(&o.seed, "seed", 1, "with -open: what random arrivals are drawn from")
	flag.DurationVar(&o.each, "time", time.Second, "with -open: how long each rate is offered")
	flag.StringVar(&o.csv, "csv", "", "with -open: write the medians to this `file` as well")
	flag.Parse()
	o.poisson = !o.even
	if o.conns == 0 {
		o.conns = 1000
		if o.proxy {
			o.conns = 100
		}
	}
	if o.active == 0 {
		o.active = min(o.conns, 50)
		if o.open {
			o.active = min(o.conns, 2)
		}
	}
	o.judge()
	if err := run(&o, flag.Args()); err != nil {
		fmt.Fprintln(os.Stderr, "load:", err)
		os.Exit(1)
	}
}

// judge ends the program when its flags make no sense.
func (o *options) judge() {
	var err error
	o.offered, err = percents(o.offers)
	switch {
	case err != nil:
		wrongUse("-offered: %v", err)
	case o.conns < 1 || o.conns > mostConns:
		wrongUse("-n must be from 1 to %d", mostConns)
	case o.active < 1 || o.active > o.conns:
		wrongUse("-active must be from 1 to what -n is")
	case o.rounds < 1 || o.rounds > mostRounds:
		wrongUse("-rounds must be from 1 to %d", mostRounds)
	case o.each < time.Millisecond || o.each > mostTime:
		wrongUse("-time must be from 1ms to %v", mostTime)
	case several(o.open, o.memory, o.omission, o.proxy):
		wrongUse("-open, -memory, -omission and -proxy exclude each other")
	}
}

// several reports whether more than one of them is true.
func several(all ...bool) bool {
	n := 0
	for _, one := range all {
		if one {
			n++
		}
	}
	return n > 1
}

func wrongUse(format string, args ...any) {
	fmt.Fprintf(os.Stderr, "load: "+format+"\n", args...)
	os.Exit(2)
}

// percents reads a list such as "10,50,100".
func percents(list string) (all []float64, err error) {
	for field := range strings.SplitSeq(list, ",") {
		v, err := strconv.ParseFloat(strings.TrimSpace(field), 64)
		if err != nil || !(v >= 1 && v <= mostLoad) {
			return nil, fmt.Errorf("%q is not from 1 to %d", field, mostLoad)
		}
		all = append(all, v)
	}
	return all, nil
}

// run measures in the way that is asked for, and prints the table.
func run(o *options, units []string) error {
	command := "$ " + strings.TrimSuffix("go run ./tools/measure/load "+shellquote.Join(os.Args[1:]...), " ")
	if o.omission {
		table, err := omission()
		fmt.Printf("%s\n%s", command, table)
		return err
	}
	if len(units) == 0 && len(o.given) == 0 {
		if o.proxy {
			return errors.New("name the proxies: a unit, or -exec NAME=COMMAND")
		}
		units = usual
	}
	all, err := servers(units, o.given)
	if err != nil {
		return err
	}
	load := fmt.Sprintf("%d connections", o.conns)
	if !o.memory && !o.proxy {
		load += fmt.Sprintf(", %d active", o.active)
	}
	head := command + "\n" + machine(load, o.rounds)
	table, err := o.measureAll(all, head)
	if err != nil {
		return err
	}
	fmt.Print(table)
	return nil
}

// measureAll measures all servers, and returns the table below its head.
func (o *options) measureAll(all []server, head string) (string, error) {
	switch {
	case o.memory:
		return laidOut(o.rounds, head, all, o.weigh, memoryTable)
	case o.proxy:
		return laidOut(o.rounds, head, all, o.passThrough, proxyTable)
	case !o.open:
		return laidOut(o.rounds, head, all, o.measure, table)
	}
	curves, err := o.measureOpen(all, o.rounds)
	if err != nil || o.csv == "" {
		return o.openTable(head, all, curves), err
	}
	text := o.openCSV(head, all, curves)
	return o.openTable(head, all, curves), os.WriteFile(o.csv, []byte(text), 0o644)
}

// laidOut measures in rounds, and lays out what came of it.
func laidOut[T any](rounds int, head string, all []server, measure func(server) (T, error),
	table func(string, []server, [][]T) string) (string, error) {
	results, err := inRounds(rounds, all, measure)
	if err != nil {
		return "", err
	}
	return table(head, all, results), nil
}

// inRounds has every server measured in each round, and returns the results by
// server and round.
func inRounds[T any](rounds int, all []server, measure func(server) (T, error)) ([][]T, error) {
	results := make([][]T, len(all))
	for round := range rounds {
		for _, i := range alternate(len(all), round) {
			f, err := measure(all[i])
			if err != nil {
				return results, fmt.Errorf("%s, round %d: %w", all[i].name, round+1, err)
			}
			results[i] = append(results[i], f)
		}
	}
	return results, nil
}

// alternate returns the numbers below n, in every second round backwards.
func alternate(n, round int) []int {
	order := make([]int, n)
	for i := range order {
		order[i] = i
		if round%2 == 1 {
			order[i] = n - 1 - i
		}
	}
	return order
}
