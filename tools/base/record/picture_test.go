package record

import (
	"bytes"
	"encoding/xml"
	"io"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// texts returns the character data of every element of an SVG file, by the
// name of the element, and fails when the file is not well-formed XML.
func texts(t *testing.T, svg []byte) map[string][]string {
	t.Helper()
	out := map[string][]string{}
	d := xml.NewDecoder(bytes.NewReader(svg))
	var open []string
	for {
		token, err := d.Token()
		if err == io.EOF {
			return out
		}
		if err != nil {
			t.Fatalf("not well-formed: %v\n%s", err, svg)
		}
		switch token := token.(type) {
		case xml.StartElement:
			open = append(open, token.Name.Local)
		case xml.EndElement:
			open = open[:len(open)-1]
		case xml.CharData:
			if len(open) > 0 {
				name := open[len(open)-1]
				out[name] = append(out[name], string(token))
			}
		}
	}
}

// conversation is a client that half-closes, and a second one that waits.
var conversation = []Event{
	{Kind: Listening, What: Say("listening on 127.0.0.1:40001")},
	{Conn: "A", Kind: Connect, What: Say("connect from 127.0.0.1:50001")},
	out("A", "hello\n"),
	{Conn: "B", Kind: Connect, What: Say("connect from 127.0.0.1:50002")},
	{Conn: "B", Kind: Note, What: Say("B waits: B's connection waits in the accept queue: the program has not " +
		"accepted it")},
	{Conn: "A", Kind: OutFIN}, in("A", "hello\n"), {Conn: "A", Kind: InFIN},
	{Conn: "B", Kind: Out, Data: []byte("slowly"), Size: 6, Pieces: 6},
	{Conn: "B", Kind: InRST},
	{Conn: "B", Kind: Trouble, What: Say("nothing came back, and never will: it sleeps")},
	{Kind: Trouble, What: Say("the process has ended: exit status 3")},
}

func TestPictureSaysWhatHappened(t *testing.T) {
	svg := Picture("Two clients", "server", conversation)
	found := texts(t, svg)
	if got := found["title"]; len(got) != 1 || got[0] != "Two clients" {
		t.Errorf("title %q", got)
	}
	if got, want := strings.Join(found["desc"], ""), strings.Join(Steps("server", conversation), "\n"); got != want {
		t.Errorf("desc\n%s\nwant\n%s", got, want)
	}
	all := strings.Join(found["text"], " ")
	for _, want := range []string{"A", "B", "server", "1", "12", "listening on 127.0.0.1:40001", `"hello\n"  6 bytes`,
		`"slowly"  6 × 1 byte`, "FIN: A has no more to send", "FIN: end of stream", "RST: connection reset",
		"B waits: B's connection waits in the accept queue: the program has not accepted it",
		"the process has ended: exit status 3"} {
		if !strings.Contains(all, want) {
			t.Errorf("the picture does not say %q:\n%s", want, all)
		}
	}
	for _, want := range []string{`role="img"`, "prefers-color-scheme: dark"} {
		if !bytes.Contains(svg, []byte(want)) {
			t.Errorf("no %s", want)
		}
	}
	for _, none := range []string{" id=", "href", "<script"} {
		if bytes.Contains(svg, []byte(none)) {
			t.Errorf("the picture has %s", none)
		}
	}
}

// Every colour has its light form in the file itself: where style sheets are
// ignored, the picture is still there, on its own ground.
func TestPictureNeedsNoStyleSheet(t *testing.T) {
	svg := string(Picture("Two clients", "server", conversation))
	for _, m := range regexp.MustCompile(`<(rect|path|circle|text)[^>]*>`).FindAllString(svg, -1) {
		if !strings.Contains(m, `fill="#`) && !strings.Contains(m, `stroke="#`) {
			t.Errorf("without a colour of its own: %s", m)
		}
	}
}

// Time runs down: no row is written above the one before.
func TestPictureOrder(t *testing.T) {
	svg := string(Picture("Two clients", "server", conversation))
	last, n := 0, 0
	for _, m := range regexp.MustCompile(`x="34" y="(\d+)"[^>]*>(\d+)<`).FindAllStringSubmatch(svg, -1) {
		y, _ := strconv.Atoi(m[1])
		if n++; m[2] != strconv.Itoa(n) || y <= last {
			t.Errorf("row %s at %d, below %d; want row %d", m[2], y, last, n)
		}
		last = y
	}
	if n != len(conversation) {
		t.Errorf("%d numbered rows, want %d", n, len(conversation))
	}
}

// The line of a connection begins with the connection, is dashed when one side
// has sent its FIN, and ends with the second FIN or a reset.
func TestLifeOfALine(t *testing.T) {
	for _, c := range []struct {
		name             string
		kinds            []Kind
		begin, half, end int
	}{
		{"open", []Kind{Connect, Out, In}, 10, 0, 0},
		{"half-closed by the grader", []Kind{Connect, OutFIN, In}, 10, 20, 0},
		{"half-closed by the program", []Kind{Connect, InFIN, Out}, 10, 20, 0},
		{"closed", []Kind{Connect, OutFIN, In, InFIN}, 10, 20, 40},
		{"reset", []Kind{Connect, Out, InRST}, 10, 0, 30},
		{"half-closed, then reset", []Kind{Connect, OutFIN, OutRST}, 10, 20, 30},
	} {
		t.Run(c.name, func(t *testing.T) {
			var l life
			for i, k := range c.kinds {
				l.note(Event{Kind: k}, 10*(i+1))
			}
			if l.begin != c.begin || l.half != c.half || l.end != c.end {
				t.Errorf("begin %d, half %d, end %d; want %d, %d, %d", l.begin, l.half, l.end, c.begin, c.half, c.end)
			}
		})
	}
}

// Whatever a program sends or prints: the file is XML and holds no byte that
// disturbs a terminal.
func TestPictureOfHostileData(t *testing.T) {
	hostile := "</text><script>alert(1)</script>\x1b[31m\x00\xff]]>&amp;\u202e" + strings.Repeat("long", 200)
	var events []Event
	for k := Note; k <= Trouble; k++ {
		events = append(events,
			Event{Conn: "A", Kind: k, Data: []byte(hostile), Size: len(hostile)},
			Event{Kind: k, What: Say("%s", hostile)},
			Event{Conn: hostile, Kind: k, What: Say("%s", strings.Repeat(hostile+" ", 30))})
	}
	for _, svg := range [][]byte{Picture(hostile, hostile, events), Picture("", "", nil)} {
		texts(t, svg)
		if i := bytes.IndexAny(svg, "\x00\x1b\u202e"); i >= 0 {
			t.Errorf("a control character at byte %d", i)
		}
		if bytes.Contains(svg, []byte("<script")) {
			t.Error("an element came through")
		}
		for _, m := range regexp.MustCompile(`<text[^>]*>([^<]*)<`).FindAllSubmatch(svg, -1) {
			if len([]rune(string(m[1]))) > 6*mostColumns { // entities are longer than what they stand for
				t.Errorf("a line too long: %s", m[1])
			}
		}
	}
}

// More connections than lines: the last line belongs to all of the rest, and
// so has no life of its own.
func TestPictureSharesTheLastLine(t *testing.T) {
	var events []Event
	for _, name := range []string{"A", "B", "C", "D", "E", "F", "G"} {
		events = append(events, Event{Conn: name, Kind: Connect, What: Say("connect %s", name)},
			Event{Conn: name, Kind: OutRST})
	}
	p := newPicture("server", events)
	p.rows()
	if len(p.names) != maxLanes || !p.life[maxLanes-1].shared || p.life[0].shared {
		t.Errorf("%d lines, shared: first %v, last %v", len(p.names), p.life[0].shared, p.life[maxLanes-1].shared)
	}
	texts(t, p.svg("many"))
}

func TestSteps(t *testing.T) {
	got := strings.Join(Steps("server", conversation), "\n")
	want := strings.TrimPrefix(`
           A     B     server
       1   │     │     ●  listening on 127.0.0.1:40001
       2   ├───────────▶  connect from 127.0.0.1:50001
       3   ├───────────▶  "hello\n"                    6 bytes
       4   │     ├─────▶  connect from 127.0.0.1:50002
       5   │     ●     │  B waits: B's connection waits in the accept queue: the
           │     │     │  program has not accepted it
       6   ├───────────▶  FIN: A has no more to send
       7   ◀───────────┤  "hello\n"                    6 bytes
       8   ◀───────────┤  FIN: end of stream
       9   │     ├─────▶  "slowly"                     6 × 1 byte
      10   │     ◀─────┤  RST: connection reset
      11   │     ✗     │  nothing came back, and never will: it sleeps
      12   │     │     ✗  the process has ended: exit status 3`, "\n")
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// A datagram's bytes are shown as they were, blanks included, and one that was
// lost is crossed out where it was lost.
func TestPictureOfDatagrams(t *testing.T) {
	svg := Picture("Datagrams", "client", []Event{
		{Kind: Hop, To: "relay", Data: []byte("1  two"), Size: 6},
		{Kind: Lost, Conn: "relay", To: "server", Data: []byte("1  two"), Size: 6, What: Say("dropped")},
		{Kind: Hop, Conn: "relay", To: "server"},
	})
	all := strings.Join(texts(t, svg)["text"], "|")
	for _, want := range []string{`|"1  two"  6 bytes|`, `|"1  two"  6 bytes, dropped|`,
		`|""  empty|`, "|relay|", "|server|"} {
		if !strings.Contains("|"+all+"|", want) {
			t.Errorf("no %s in %s", want, all)
		}
	}
	if n := bytes.Count(svg, []byte("l12 12m0 -12l-12 12")); n != 1 {
		t.Errorf("%d crosses, want one", n)
	}
}
