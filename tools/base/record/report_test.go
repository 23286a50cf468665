package record

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestWrapAndCut(t *testing.T) {
	for _, c := range []struct {
		text  string
		width int
		want  string
	}{
		{"", 10, ""},
		{"one", 10, "one"},
		{"one two three", 7, "one two|three"},
		{"exactly ten", 11, "exactly ten"},
		{"  spaces\n and\tbreaks ", 40, "spaces and breaks"},
		{"ähnlich über", 7, "ähnlich|über"},
	} {
		if got := strings.Join(Wrap(c.text, c.width), "|"); got != c.want {
			t.Errorf("Wrap(%q, %d) = %q, want %q", c.text, c.width, got, c.want)
		}
	}
	for _, c := range []struct {
		text string
		n    int
		want string
	}{
		{"short", 10, "short"},
		{"exactly 10", 10, "exactly 10"},
		{"one letter too many", 18, "one letter too m …"},
		{"ends in a comma, then more", 18, "ends in a comma …"},
		{"ééééééé", 5, "ééé …"},
	} {
		if got := Cut(c.text, c.n); got != c.want || utf8.RuneCountInString(got) > c.n {
			t.Errorf("Cut(%q, %d) = %q, want %q", c.text, c.n, got, c.want)
		}
	}
}

// What can be spared goes first: the middle of the timeline, then where the
// program was, then the hint and the reading.
func TestFit(t *testing.T) {
	numbered := func(n int) (out []string) {
		for i := range n {
			out = append(out, fmt.Sprint(i+1))
		}
		return out
	}
	var rows []row
	for i, line := range numbered(9) {
		rows = append(rows, row{lines: []string{line}, keep: i == 0 || i > 6})
	}
	parts := func() []part {
		return []part{{lines: numbered(1)}, {head: "Wire", rows: rows, rank: 4},
			{head: "Where", lines: numbered(4), rank: 2}, {head: "Hint", lines: numbered(2), rank: 1},
			{head: "Again", lines: numbered(1)}}
	}
	for most, want := range map[int]string{
		40: "Wire 9 Where 4 Hint 2 Again 1",
		21: "Wire 9 Where 4 Hint 2 Again 1",
		19: "Wire 7 Where 4 Hint 2 Again 1",
		16: "Wire 4 Where 4 Hint 2 Again 1",
		11: "Wire 4 Where 0 Hint 2 Again 1",
		8:  "Wire 4 Where 0 Hint 0 Again 1",
		3:  "Wire 0 Where 0 Hint 0 Again 1",
	} {
		var got []string
		total := 0
		for _, p := range fit(parts(), most) {
			total += p.height()
			if p.head != "" {
				got = append(got, p.head, fmt.Sprint(len(p.all())))
			}
		}
		if s := strings.Join(got, " "); s != want || total > most {
			t.Errorf("in %d lines (%d used):\ngot  %s\nwant %s", most, total, s, want)
		}
	}
	wire := parts()[1]
	for wire.shorten() {
	}
	if text := strings.Join(wire.all(), " "); text != "1 "+cutOut+" 8 9" {
		t.Errorf("a timeline loses what must be kept, or keeps what need not: %s", text)
	}
}

// A row is taken away with all its lines: what it says is not torn.
func TestFitTakesWholeRows(t *testing.T) {
	wire := part{head: "Wire", rank: 4, rows: []row{{lines: []string{"A     server"}, keep: true},
		{lines: []string{"first", "and how it goes on"}}, {lines: []string{"second", "and how it goes on"}},
		{lines: []string{"the trouble"}, keep: true}}}
	if !wire.shorten() {
		t.Fatal("no row can be spared")
	}
	want := "A     server first and how it goes on " + cutOut + " the trouble"
	if got := strings.Join(wire.all(), " "); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// Where a gap meets another they are one.
func TestFitJoinsGaps(t *testing.T) {
	wire := part{head: "Wire", rank: 4, rows: []row{{lines: []string{"A     server"}, keep: true},
		{lines: []string{leftOut(7)}, gap: true}, {lines: []string{"something"}},
		{lines: []string{"the trouble"}, keep: true}}}
	if !wire.shorten() || wire.shorten() {
		t.Fatal("one row can be spared")
	}
	if got, want := strings.Join(wire.all(), " "), "A     server "+cutOut+" the trouble"; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}
