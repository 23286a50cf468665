package record

import "slices"

// sharedLine is the name of a line on which several connections are drawn.
const sharedLine = "…"

// crowded is the drawing of events of more connections than there are lines:
// those of the rows that are shown have lines. Where these are too many as well,
// those that the trouble is about come first, and the others share a line on
// their side of the program's, so that no arrow is under another one's name.
func crowded(program string, events []Event, show []bool) drawing {
	shown := among(events, show)
	if len(shown) <= maxLanes {
		return withLines(program, events, shown)
	}
	first := among(events, Needed(events))
	for _, name := range shown {
		if !slices.Contains(first, name) {
			first = append(first, name)
		}
	}
	own := first[:maxLanes-1]
	lanes := slices.DeleteFunc(shown, func(name string) bool { return !slices.Contains(own, name) })
	d := withLines(program, events, lanes)
	for _, beyond := range []bool{false, true} { // from left to right: a new line moves those behind it
		for _, name := range first[maxLanes-1:] {
			if beyond == (program == "server" && isBeyond(events, name)) {
				d.share(name, beyond)
			}
		}
	}
	return d
}

// among returns the connections of those events that are chosen, in the order of all.
func among(events []Event, chosen []bool) []string {
	var theirs []string
	for i, e := range events {
		if chosen[i] {
			theirs = append(theirs, e.Conn, e.To)
		}
	}
	return slices.DeleteFunc(connections(events), func(name string) bool { return !slices.Contains(theirs, name) })
}

// share draws name on the last line of its side, which is not another one's.
func (d *drawing) share(name string, beyond bool) {
	at := d.before
	if beyond {
		at = len(d.lanes)
	}
	if at == 0 || d.lanes[at-1] != sharedLine || at == d.before && beyond {
		d.lanes = slices.Insert(d.lanes, at, sharedLine)
		at++
		if !beyond {
			d.before++
		}
	}
	if d.rest == nil {
		d.rest = map[string]int{}
	}
	d.rest[name] = at - 1
}

// index returns which line a connection is drawn on.
func (d drawing) index(name string) int {
	if at := slices.Index(d.lanes, name); at >= 0 {
		return at
	}
	if at, shared := d.rest[name]; shared {
		return at
	}
	return len(d.lanes) - 1
}
