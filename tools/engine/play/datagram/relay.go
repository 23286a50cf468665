package datagram

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"

	"loopback/tools/base/record"
	"loopback/tools/engine/play/argument"
	"loopback/tools/engine/play/scene"
	"loopback/tools/engine/wire"
)

var relayCommands = []scene.Command{{
	Name: "relay", Args: "NAME ADDR [out|back] [RULE...]", Group: "A lossy network",
	Sets:    "NAME",
	Summary: "put a relay in front of ADDR; its own address is in the variable $NAME",
	Detail: "The relay hands on every datagram in both directions, except those that a RULE names. Datagrams are " +
		"counted from 1 in each direction; out (towards ADDR) or back says which direction the rules after it are " +
		"about. Rules are: `drop N`, or `drop N-M`; `dup N`, hand on twice; `swap N M`, hand on N after M; `hold N " +
		"until out|back M`, hand on N after M has gone through in that direction. Nothing depends on time. A reply " +
		"from another port than ADDR's moves the rest of that exchange to this port.",
	Run: openRelay,
}, {
	Name: "carried", Args: "NAME out|back N", Group: "A lossy network",
	Summary: "once the programs are at rest, exactly N datagrams must have come to the relay in that direction",
	Run:     carried,
}}

func openRelay(s *scene.Scene, args []string) {
	argument.AtLeast(2, args)
	name := args[0]
	target, err := netip.ParseAddrPort(args[1])
	if err != nil {
		panic(argument.Usage(fmt.Sprintf("%q is not an address", args[1])))
	}
	s.NeedOutside("a relay")
	r, err := wire.NewRelay(name, target.Addr().String(), target, relayRules(args[2:]),
		func(p wire.Passage) { recordPassage(s, name, p) })
	if err != nil {
		s.Fail(record.Verdict{Code: record.CannotGrade, What: record.Say("the grader could not open a relay: %v", err)})
	}
	s.Datagrams.Relays = append(s.Datagrams.Relays, r)
	s.TS.Setenv(name, r.Addr().String())
}

// Relay returns the relay that has this address, or nil.
func Relay(s *scene.Scene, addr netip.AddrPort) *wire.Relay {
	for _, r := range s.Datagrams.Relays {
		if r.Owns(addr) {
			return r
		}
	}
	return nil
}

// relayRules reads the rules of a relay.
func relayRules(args []string) wire.Rules {
	rules := wire.Rules{Drop: map[wire.Place]bool{}, Dup: map[wire.Place]bool{}, Hold: map[wire.Place]wire.Place{}}
	w := wire.Outward
	next := func() string {
		if len(args) == 0 {
			panic(argument.Usage("a rule lacks its end"))
		}
		a := args[0]
		args = args[1:]
		return a
	}
	place := func(w wire.Way) wire.Place { return wire.Place{Way: w, N: ordinal(next())} }
	for len(args) > 0 {
		switch verb := next(); verb {
		case "out", "back":
			w = way(verb)
		case "drop":
			from, to, several := strings.Cut(next(), "-")
			if !several {
				to = from
			}
			for n := ordinal(from); n <= ordinal(to); n++ {
				rules.Drop[wire.Place{Way: w, N: n}] = true
			}
		case "dup":
			rules.Dup[place(w)] = true
		case "swap":
			first := place(w)
			rules.Hold[first] = place(w)
		case "hold":
			first := place(w)
			if next() != "until" {
				panic(argument.Usage("hold N until out|back M"))
			}
			rules.Hold[first] = place(way(next()))
		default:
			panic(argument.Usage(fmt.Sprintf("%q is not a rule: drop, dup, swap, hold", verb)))
		}
	}
	return rules
}

func way(arg string) wire.Way {
	for _, w := range []wire.Way{wire.Outward, wire.Back} {
		if arg == w.String() {
			return w
		}
	}
	panic(argument.Usage(fmt.Sprintf("%q is not a direction: out or back", arg)))
}

// ordinal reads the number of a datagram.
func ordinal(arg string) int {
	n, err := strconv.Atoi(arg)
	if err != nil || n < 1 || n > 1<<20 {
		panic(argument.Usage(fmt.Sprintf("%q is not the number of a datagram: they are counted from 1", arg)))
	}
	return n
}

// recordPassage draws what a relay did: a datagram's way from one side through
// the relay to the other, or as far as it came.
func recordPassage(s *scene.Scene, relay string, p wire.Passage) {
	from, to := s.At(p.From), s.At(p.To)
	s.Log.Lane(from)
	s.Log.Lane(relay)
	e := record.Event{Conn: from, Kind: record.Hop, To: to, Data: p.Data, Size: len(p.Data)}
	switch p.Fate {
	case wire.Dropped:
		e.Kind, e.To, e.What = record.Lost, relay, record.Say("dropped")
	case wire.HeldBack:
		e.To, e.What = relay, record.Say("held back")
	case wire.Released:
		e.Conn, e.What = relay, record.Say("late")
	case wire.HandedOnAgain:
		e.Conn, e.What = relay, record.Say("again")
	}
	s.Record(e)
}

func carried(s *scene.Scene, args []string) {
	argument.Exactly(3, args)
	w, want := way(args[1]), argument.Count(args[2])
	for _, r := range s.Datagrams.Relays {
		if r.Name != args[0] {
			continue
		}
		for _, p := range s.Programs {
			s.Rest(p)
		}
		s.Settle()
		got := r.Seen(w)
		if got == want {
			return
		}
		code := record.ExtraBytes
		if got < want {
			code = record.Silence
		}
		row := record.Say("%d datagrams have come this way; %d were expected", got, want)
		if want == 1 {
			row = record.Say("%d datagrams have come this way; one was expected", got)
		}
		s.Reject(r.Name, row,
			record.Verdict{Code: code,
				What: record.Say("%s datagrams have come to the relay %s; there should have been %s",
					record.Count(got), r.Name, record.Count(want))})
	}
	s.Misuse("no relay is called %q", args[0])
}
