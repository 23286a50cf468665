package scene

import (
	"net/netip"

	"loopback/tools/base/record"
	"loopback/tools/engine/wire"
)

// What a family of commands knows of a scene is a value of a type of its own, which lies
// beside its commands. The scene keeps one of each type that was asked for, and asks those
// that have one of these methods at moments at which every family may have something to say.
type (
	// closer gives back what it holds when the scenario is over.
	closer interface{ Close() }
	// stirrer has work to do for the program, and reports whether there was any.
	stirrer interface{ Stir(s *Scene) bool }
	// dialler counts the dials of the program that wait for an answer, or only those
	// that may wait for long.
	dialler interface{ Dials(onlySilent bool) int }
	// follower does what comes behind each dial of the grader's.
	follower interface {
		Dialled(s *Scene, c *wire.Conn)
	}
	// finisher judges what is left when every line of the script has passed.
	finisher interface{ Finish(s *Scene) }
	// namer adds what the canonical form of a report calls things.
	namer interface{ Name(n *record.Names) }
	// reader says what a datagram is, in the words of its protocol, or "".
	reader interface{ Read(data []byte) string }
)

// Of returns what the scene keeps of this type, which is the zero value at first.
func Of[T any](s *Scene) *T {
	for _, k := range s.families {
		if t, ok := k.(*T); ok {
			return t
		}
	}
	t := new(T)
	s.families = append(s.families, t)
	return t
}

// eachFamily calls do with all that is kept and has the methods of T.
func eachFamily[T any](s *Scene, do func(T)) {
	for _, k := range s.families {
		if t, ok := k.(T); ok {
			do(t)
		}
	}
}

// waitingDials counts the dials of the program that wait for an answer from a port of
// the grader's, or only those to ports of which some give none.
func (s *Scene) waitingDials(onlySilent bool) (n int) {
	eachFamily(s, func(d dialler) { n += d.Dials(onlySilent) })
	return n
}

// stirs lets what the grader plays do its work, and reports whether there was any.
func (s *Scene) stirs() (did bool) {
	eachFamily(s, func(k stirrer) { did = k.Stir(s) || did })
	return did
}

// Finish lets each family judge what is left when every line of the script has passed.
func (s *Scene) Finish() { eachFamily(s, func(k finisher) { k.Finish(s) }) }

// Names says what the canonical form calls the scenario's host, and what else has
// another name in each run.
func (s *Scene) Names() record.Names {
	own, _ := netip.ParseAddr(s.Host) // it is one
	n := record.Names{Own: own, Ports: map[uint16]uint16{}, Many: map[uint16]bool{},
		Crowd: s.Crowded, Folder: s.Tmp}
	if s.Local.Serving {
		n.Words = map[string]string{s.Unique(): "1000"}
	}
	eachFamily(s, func(k namer) { k.Name(&n) })
	return n
}
