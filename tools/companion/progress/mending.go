package progress

import "time"

// Mending is how far the learner is with mending programs of others. Programs
// are named UNIT/NAME.
type Mending struct {
	Seed    uint64               `json:"seed"`     // of the order in which they are handed out
	Open    []Handed             `json:"open"`     // those at work, the last one is the present one
	Given   map[string]int       `json:"given"`    // how many were handed out, by unit
	Mended  map[string]time.Time `json:"mended"`   // when
	GivenUp map[string]time.Time `json:"given_up"` // when the answer was asked for
}

// A Handed is a program that was handed out.
type Handed struct {
	Unit   string `json:"unit"`
	Name   string `json:"name"`
	Folder string `json:"folder"` // relative to the root, with slashes
}

// ID names the program.
func (h Handed) ID() string { return h.Unit + "/" + h.Name }

// Current returns the program at work, of a unit or of any when unit is "".
func (m Mending) Current(unit string) (h Handed, ok bool) {
	for _, one := range m.Open {
		if unit == "" || one.Unit == unit {
			h, ok = one, true
		}
	}
	return h, ok
}

// Begin notes that a program is handed out.
func (m *Mending) Begin(h Handed) {
	m.Close(h)
	m.Open = append(m.Open, h)
	if m.Given == nil {
		m.Given = map[string]int{}
	}
	m.Given[h.Unit]++
}

// Close notes that a program is not at work any more.
func (m *Mending) Close(h Handed) {
	var open []Handed
	for _, one := range m.Open {
		if one.ID() != h.ID() {
			open = append(open, one)
		}
	}
	m.Open = open
}

// Mend notes that a program is mended.
func (m *Mending) Mend(h Handed) {
	m.Close(h)
	if m.Mended == nil {
		m.Mended = map[string]time.Time{}
	}
	m.Mended[h.ID()] = time.Now().Round(time.Second)
}

// GiveUp notes that the answer was shown.
func (m *Mending) GiveUp(h Handed) {
	m.Close(h)
	if m.GivenUp == nil {
		m.GivenUp = map[string]time.Time{}
	}
	m.GivenUp[h.ID()] = time.Now().Round(time.Second)
}
