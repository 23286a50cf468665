package crowds

import (
	"slices"

	"loopback/tools/engine/play/taste"
)

// moveKind says what sort of move one of moves is.
type moveKind int

const (
	converseMove moveKind = iota // send, and read all that is owed
	silentMove                   // send, and do not read
	partMove                     // read a part of what is owed
	leaveMove                    // leave in some way
	momentMove                   // several do something at the same moment
	glutMove                     // send until the program waits in its write
)

// hand is how often each kind of move comes among thirty.
var hand = map[moveKind]int{converseMove: 12, silentMove: 5, partMove: 4, leaveMove: 5, momentMove: 3, glutMove: 1}

// kinds draws n kinds of moves: each comes as often as its part of them, and in
// any order.
func kinds(t *taste.Taste, n int) (all []moveKind) {
	for len(all) < n {
		var some []moveKind
		for kind := converseMove; kind <= glutMove; kind++ {
			some = append(some, slices.Repeat([]moveKind{kind}, hand[kind])...)
		}
		t.Shuffle(len(some), func(i, j int) { some[i], some[j] = some[j], some[i] })
		all = append(all, some...)
	}
	return all[:n]
}
