package record

import (
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

// logOf returns a log with these events, a millisecond apart.
func logOf(events ...Event) *Log {
	l := NewLog()
	for i := range events {
		events[i].At = time.Duration(i+1) * 1100 * time.Microsecond
	}
	l.events = events
	return l
}

func out(conn, text string) Event {
	return Event{Conn: conn, Kind: Out, Data: []byte(text), Size: len(text)}
}

func in(conn, text string) Event {
	return Event{Conn: conn, Kind: In, Data: []byte(text), Size: len(text)}
}

var timelines = []struct {
	name    string
	program string
	rows    int
	events  []Event
	want    string
}{
	{"nothing happened", "server", 12, nil, `
      ms   server`},
	{"one client and its echo", "server", 12, []Event{
		{Kind: Listening, What: Say("listening on 127.0.0.1:7")},
		{Conn: "A", Kind: Connect, What: Say("connect from 127.0.0.1:40000")},
		out("A", "hello\n"), in("A", "hello\n"),
		{Conn: "A", Kind: OutFIN}, {Conn: "A", Kind: InFIN},
	}, `
      ms   A     server
     1.1   │     ●  listening on 127.0.0.1:7
     2.2   ├─────▶  connect from 127.0.0.1:40000
     3.3   ├─────▶  "hello\n"                    6 bytes
     4.4   ◀─────┤  "hello\n"                    6 bytes
     5.5   ├─────▶  FIN: A has no more to send
     6.6   ◀─────┤  FIN: end of stream`},
	{"datagrams: through a relay, lost in it, and both ways", "client", 12, []Event{
		{Kind: Hop, To: "S", Data: []byte("a"), Size: 1},
		{Conn: "S", Kind: Hop, To: "R", Data: []byte("b"), Size: 1, What: Say("held back")},
		{Kind: Lost, To: "R", Data: []byte("a"), Size: 1, What: Say("dropped")},
		{Conn: "R", Kind: Hop, Data: []byte("b"), Size: 1, What: Say("late")},
		{Conn: "S", Kind: Hop},
		{Conn: "S", Kind: Trouble, What: Say("the end")},
	}, `
      ms   S     R     client
     1.1   ◀─────┼─────┤  "a"                          1 byte
     2.2   ├─────▶     │  "b"                          1 byte, held back
     3.3   │     ✗─────┤  "a"                          1 byte, dropped
     4.4   │     ├─────▶  "b"                          1 byte, late
     5.5   ├─────┼─────▶  ""                           empty
     6.6   ✗     │     │  the end`},
	{"two lanes: an arrow crosses the line between", "server", 12, []Event{
		{Conn: "A", Kind: Connect, What: Say("connect")},
		{Conn: "B", Kind: Connect, What: Say("connect")},
		out("A", "a"), out("B", "b"), in("A", "a"),
		{Conn: "B", Kind: Trouble, What: Say("nothing came back")},
	}, `
      ms   A     B     server
     1.1   ├───────────▶  connect
     2.2   │     ├─────▶  connect
     3.3   ├───────────▶  "a"                          1 byte
     4.4   │     ├─────▶  "b"                          1 byte
     5.5   ◀───────────┤  "a"                          1 byte
     6.6   │     ✗     │  nothing came back`},
	{"a client under test dials", "client", 12, []Event{
		{Kind: Note, What: Say("started: client 127.0.0.1:7 hello")},
		{Conn: "A", Kind: Connect, From: true, What: Say("connect from 127.0.0.1:40000")},
		{Conn: "A", Kind: OutRST}, {Conn: "A", Kind: InRST},
		{Kind: Trouble, What: Say("the process has ended: exit status 3")},
	}, `
      ms   A     client
     1.1   │     ●  started: client 127.0.0.1:7 hello
     2.2   ◀─────┤  connect from 127.0.0.1:40000
     3.3   ├─────▶  RST: A is gone without saying goodbye
     4.4   ◀─────┤  RST: connection reset
     5.5   │     ✗  the process has ended: exit status 3`},
}

func TestTimeline(t *testing.T) {
	for _, c := range timelines {
		t.Run(c.name, func(t *testing.T) { golden(t, logOf(c.events...), c.program, c.rows, c.want) })
	}
}

func golden(t *testing.T, l *Log, program string, rows int, want string) {
	t.Helper()
	got := strings.Join(l.Timeline(program, rows), "\n")
	if want = strings.TrimPrefix(want, "\n"); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// More connections than lines fit: that of the trouble has a line, and of the
// others some share one that has no name.
func TestTimelineSharesALine(t *testing.T) {
	var events []Event
	for _, name := range []string{"A", "B", "C", "D", "E", "F", "G"} {
		events = append(events, Event{Conn: name, Kind: Connect, What: Say("connect %s", name)})
	}
	events = append(events, in("G", "g"), Event{Conn: "F", Kind: Trouble, What: Say("F is in trouble")})
	golden(t, logOf(events...), "server", 12, `
      ms   A   B   C   F   …   server
     1.1   ├───────────────────▶  connect A
     2.2   │   ├───────────────▶  connect B
     3.3   │   │   ├───────────▶  connect C
     4.4   │   │   │   │   ├───▶  connect D
     5.5   │   │   │   │   ├───▶  connect E
     6.6   │   │   │   ├───────▶  connect F
     7.7   │   │   │   │   ├───▶  connect G
     8.8   │   │   │   │   ◀───┤  "g"                    1 byte
     9.9   │   │   │   ✗   │   │  F is in trouble`)
}

// dialled is a connection that the program has made.
func dialled(conn string) Event {
	return Event{Conn: conn, Kind: Connect, From: true, What: Say("connect %s", conn)}
}

// Of many connections only those of the rows that are shown have lines, each on
// its side of the program's.
func TestTimelineHasLinesForWhatIsShown(t *testing.T) {
	var events []Event
	for _, names := range []string{"AO", "BP", "CQ", "DR"} {
		a, o := names[:1], names[1:]
		events = append(events, Event{Conn: a, Kind: Connect, What: Say("connect %s", a)}, dialled(o), in(a, o))
	}
	events = append(events, Event{Conn: "D", Kind: Trouble, What: Say("D is in trouble")})
	golden(t, logOf(events...), "server", 6, `
      ms   A     D     server  O
     1.1   ├───────────▶       │  connect A
     2.2   │     │     ├───────▶  connect O
           ... 7 rows left out ...
    11.0   │     ├─────▶       │  connect D
           ... 1 row left out ...
    13.2   │     ◀─────┤       │  "R"                    1 byte
    14.3   │     ✗     │       │  D is in trouble`)
}

// With too many on both sides there is a line without a name on each.
func TestTimelineSharesALineOnEitherSide(t *testing.T) {
	var events []Event
	for _, names := range []string{"AO", "BP", "CQ", "DR"} {
		events = append(events, Event{Conn: names[:1], Kind: Connect, What: Say("connect")}, dialled(names[1:]))
	}
	events = append(events, Event{Conn: "R", Kind: Trouble, What: Say("R is in trouble")})
	golden(t, logOf(events...), "server", 12, `
      ms   A   B   …   server  O   R   …
     1.1   ├───────────▶       │   │   │  connect
     2.2   │   │   │   ├───────▶   │   │  connect O
     3.3   │   ├───────▶       │   │   │  connect
     4.4   │   │   │   ├───────────────▶  connect P
     5.5   │   │   ├───▶       │   │   │  connect
     6.6   │   │   │   ├───────────────▶  connect Q
     7.7   │   │   ├───▶       │   │   │  connect
     8.8   │   │   │   ├───────────▶   │  connect R
     9.9   │   │   │   │       │   ✗   │  R is in trouble`)
}

// The middle is left out: how it began and how it ended stay.
func TestTimelineFoldsTheMiddle(t *testing.T) {
	var events []Event
	for range 10 {
		events = append(events, out("A", "x"))
	}
	events = append(events, Event{Conn: "A", Kind: Trouble, What: Say("the end")})
	golden(t, logOf(events...), "server", 6, `
      ms   A     server
     1.1   ├─────▶  "x"                          1 byte
     2.2   ├─────▶  "x"                          1 byte
     3.3   ├─────▶  "x"                          1 byte
           ... 6 rows left out ...
    11.0   ├─────▶  "x"                          1 byte
    12.1   ✗     │  the end`)
	for n := range 40 {
		for rows := 3; rows < 12; rows++ {
			if got := len(logOf(events[:min(n, len(events))]...).Timeline("server", rows)); got > rows+1 {
				t.Errorf("%d events, %d rows asked for: %d drawn", n, rows, got-1)
			}
		}
	}
}

// What happened is cut to its column, and no byte of the data gets through as
// it is: a timeline is pasted into terminals and forums.
func TestTimelineIsNarrow(t *testing.T) {
	l := NewLog()
	l.Add(Event{Conn: "A", Kind: Out, Data: []byte(strings.Repeat("\x1b[31m", 1000)), Size: 5000})
	l.Note("%s", strings.Repeat("long ", 100))
	for _, row := range l.Timeline("server", 12) {
		if n := utf8.RuneCountInString(row); n > 90 || strings.ContainsRune(row, '\x1b') {
			t.Errorf("%d columns: %q", n, row)
		}
	}
	if kept := len(l.Events()[0].Data); kept > keepUsual {
		t.Errorf("the log keeps %d bytes of one event", kept)
	}
}

// A watched log keeps bytes whole, and what was seen behind each event.
func TestLogWatch(t *testing.T) {
	l, n := NewLog(), 0
	l.Note("before")
	l.Watch(func() *Sighting { n++; return &Sighting{Queue: n} })
	data := []byte(strings.Repeat("x", 5000))
	l.Add(Event{Conn: "A", Kind: Out, Data: data, Size: len(data)})
	l.Note("after")
	events := l.Events()
	if events[0].Seen != nil || events[1].Seen.Queue != 1 || events[2].Seen.Queue != 2 {
		t.Errorf("seen: %+v", events)
	}
	if kept := len(events[1].Data); kept != keepWhole {
		t.Errorf("%d bytes are kept, want %d", kept, keepWhole)
	}
}

func TestLogRewinds(t *testing.T) {
	l := NewLog()
	l.Note("before")
	mark := l.Mark()
	l.Note("forgotten")
	l.Rewind(mark)
	l.Note("after")
	events := l.Events()
	if len(events) != 2 || events[0].What.String() != "before" || events[1].What.String() != "after" {
		t.Errorf("events: %+v", events)
	}
	if events[0].At > events[1].At {
		t.Error("time runs backwards")
	}
}

// A lane that was asked for stands where it was asked for, with or without an
// event of its own.
func TestLogLanes(t *testing.T) {
	l := NewLog()
	l.Lane("A")
	l.Lane("B")
	l.Lane("A")
	l.Add(Event{Conn: "B", Kind: Hop, Size: 1, Data: []byte("x")})
	if got := l.Timeline("server", 12)[0]; got != "      ms   A     B     server" {
		t.Errorf("head %q", got)
	}
}

// The log keeps its own copy: buffers are used again by who reads.
func TestLogCopies(t *testing.T) {
	l, buf := NewLog(), []byte("first")
	l.Add(Event{Conn: "A", Kind: In, Data: buf, Size: 5})
	copy(buf, "XXXXX")
	if got := string(l.Events()[0].Data); got != "first" {
		t.Errorf("the log holds %q", got)
	}
}

// The bytes that did it are never left out, wherever they are.
func TestTimelineKeepsWhatDidIt(t *testing.T) {
	events := []Event{{Conn: "A", Kind: Connect, What: Say("connect")}, out("A", "early\n"),
		in("A", "wrong\n"), out("B", "hello\n")}
	for range 40 {
		events = append(events, Event{Kind: Note, What: Say("something else")}, out("B", "x"))
	}
	events = append(events, Event{Conn: "A", Kind: Trouble, What: Say("these are not the bytes")})
	rows := drawRows("server", events, 12, false)
	text := strings.Join(flat(rows), "\n")
	if !strings.Contains(text, `"early\n"`) || !strings.Contains(text, `"wrong\n"`) || len(rows) > 16 {
		t.Errorf("%d rows, or a row is missing:\n%s", len(rows), text)
	}
	kept := 0
	for _, r := range rows {
		if r.keep {
			kept++
		}
	}
	if kept != 4 {
		t.Errorf("%d rows must be kept; the head and three should be", kept)
	}
	for i, e := range []Event{out("A", "early\n"), in("A", "wrong\n")} {
		if need := Needed(events); !need[1+i] || need[0] || need[3] {
			t.Errorf("%v: needed: %v", e, need)
		}
	}
	if slices.Contains(Needed(events[:20]), true) {
		t.Error("without trouble nothing is needed")
	}
}

// A note that says what the trouble is about is kept; others are not.
func TestTimelineKeepsThePoint(t *testing.T) {
	events := []Event{out("A", "many\n"), {Kind: Note, Point: true, What: Say("the third question")},
		{Kind: Note, What: Say("something else")},
		in("A", "wrong\n"), {Conn: "A", Kind: Trouble, What: Say("these are not the bytes")}}
	if need := Needed(events); !slices.Equal(need, []bool{true, true, false, true, true}) {
		t.Errorf("needed: %v", need)
	}
}

// A text for which a row has no room goes on in the next.
func TestTimelineGoesOn(t *testing.T) {
	long := "this program has said much more than there is room for in a row of a report, and more than two"
	golden(t, logOf(Event{Conn: "A", Kind: Trouble, What: Say("%s", long)}), "server", 12, `
      ms   A     server
     1.1   ✗     │  this program has said much more than there is room
           │     │    for in a row of a report, and more than two`)
}

// What a server dials stands beyond it, so that what it passes on goes on in the
// same direction; where it dials nothing, or is a client, all is as ever.
func TestBeyond(t *testing.T) {
	l := NewLog()
	l.Add(Event{Kind: Listening, What: Say("listening")})
	l.Add(Event{Conn: "B", Kind: Connect, From: true, What: Say("connect")})
	l.Add(Event{Conn: "A", Kind: Connect, What: Say("connect")})
	l.Add(Event{Conn: "A", Kind: Out, Data: []byte("hi"), Size: 2})
	l.Add(Event{Conn: "B", Kind: In, Data: []byte("hi"), Size: 2})
	l.Add(Event{Conn: "B", Kind: OutFIN})
	l.Add(Event{Conn: "A", Kind: InFIN})
	l.Add(Event{Conn: "B", Kind: Trouble, What: Say("and no more")})
	head, rows := Rows("server", l.Events())
	got := []string{strings.TrimSpace(head)[2:]}
	for _, row := range rows {
		got = append(got, strings.TrimRight(row[11:], " "))
	}
	want := `   A     server  B
│     ●       │  listening
│     ├───────▶  connect
├─────▶       │  connect
├─────▶       │  "hi"                         2 bytes
│     ├───────▶  "hi"                         2 bytes
│     ◀───────┤  FIN: B has no more to send
◀─────┤       │  FIN: end of stream
│     │       ✗  and no more`
	if strings.Join(got, "\n") != want {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), want)
	}
	if head, _ := Rows("client", l.Events()); !strings.HasSuffix(head, "B     A     client") {
		t.Errorf("%q", head)
	}
	if !strings.Contains(string(Picture("it passes", "server", l.Events())), ">server<") {
		t.Error("no picture")
	}
}
