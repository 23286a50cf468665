package chat

import (
	"fmt"
	"slices"
	"strings"
)

// An observer is one that has heard something of a moment.
type observer struct {
	*member
	acts  []*act
	old   []*member // who was inside when the moment began
	comes bool      // it enters in this moment, so its first line is a list
	parts bool      // it leaves in this moment, so the end may be missing
	fence string    // the last line, which comes behind all others
	cut   bool      // what it has heard ended early, for another reason

	first map[*act]int // the first event of each that it has heard
	next  map[*act]int // the one that must come next; absent while none was heard
}

// misheard says what is wrong in what one has heard.
type misheard struct{ why, want, got string }

// judge returns nil when some order of the acts explains what o has heard: of each
// client all events, in order. One that enters has missed some first ones, and its
// list says so; one that leaves may miss the last ones.
func (o *observer) judge(heard string) *misheard {
	o.first, o.next = map[*act]int{}, map[*act]int{}
	lines := strings.SplitAfter(heard, "\n")
	if last := lines[len(lines)-1]; last == "" {
		lines = lines[:len(lines)-1]
	}
	list := ""
	if o.comes && len(lines) > 0 {
		list, lines = lines[0], lines[1:]
	}
	for i, line := range lines {
		if line == o.fence && i == len(lines)-1 {
			break
		}
		if wrong := o.hears(line); wrong != nil {
			return wrong
		}
	}
	if wrong := o.misses(); wrong != nil && !o.parts && !o.cut {
		return wrong
	}
	if o.comes && list != "" && !o.cut {
		return o.listed(list)
	}
	return nil
}

// hears takes one line into account.
func (o *observer) hears(line string) *misheard {
	for _, a := range o.acts {
		at := slices.Index(a.events, line)
		if at < 0 || a.member == o.member {
			continue
		}
		next, known := o.next[a]
		if !known && !o.comes {
			next, known = 0, true
		}
		if known && at != next {
			want := "(nothing more of " + a.name + ")"
			if next < len(a.events) {
				want = a.events[next]
			}
			return &misheard{fmt.Sprintf("what %s does is heard out of order", a.name), want, line}
		}
		if _, before := o.next[a]; !before {
			o.first[a] = at
		}
		o.next[a] = at + 1
		return nil
	}
	return &misheard{"this line is due to none of those that did something", "", line}
}

// misses looks for events that should have come, and have not.
func (o *observer) misses() *misheard {
	for _, a := range o.acts {
		next, known := o.next[a]
		if a.member == o.member || !known && o.comes {
			continue
		}
		if next < len(a.events) {
			return &misheard{fmt.Sprintf("something that %s did was not heard", a.name), a.events[next], ""}
		}
	}
	return nil
}

// listed checks the list of one that has entered: who is on it must be inside
// before the first event that is heard of it, and who is not must not. Of one of
// whom nothing was heard all or nothing had happened, as far as o was inside.
func (o *observer) listed(list string) *misheard {
	var must, may []string
	for _, m := range o.old {
		if !slices.ContainsFunc(o.acts, func(a *act) bool { return a.member == m }) {
			must = append(must, m.name)
		}
	}
	for _, a := range o.acts {
		if a.member == o.member {
			continue
		}
		first, known := o.first[a]
		switch {
		case !known && o.parts: // any number of events may have come before
			may = append(may, a.name)
		case !known:
			if a.ends == "" {
				must = append(must, a.name)
			}
		case first > 0 || !a.comes: // it was inside before that
			must = append(must, a.name)
		}
	}
	on := strings.Fields(strings.TrimPrefix(list, "* here:"))
	for _, name := range on {
		if !slices.Contains(must, name) && slices.Contains(may, name) {
			must = append(must, name)
		}
	}
	if want := hereLine(must...); want != list {
		return &misheard{"the list and what is heard after it do not go together", want, list}
	}
	return nil
}
