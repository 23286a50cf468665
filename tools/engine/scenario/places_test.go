package scenario

import (
	"slices"
	"testing"
)

// Every event knows the line of the script that made it happen.
func TestEventsKnowTheirLine(t *testing.T) {
	p := Places{lines: []string{"# A rule.", "serve", "", "[linux] dial A", "! send A x", "send A 'b'", "eof A"}}
	var got []int
	for _, name := range []string{"serve", "dial", "send", "send", "eof", "eof"} {
		got = append(got, p.Next(name))
	}
	if want := []int{2, 4, 5, 6, 7, 0}; !slices.Equal(got, want) {
		t.Errorf("lines %v, want %v", got, want)
	}
}
