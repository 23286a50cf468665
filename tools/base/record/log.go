package record

import (
	"slices"
	"sync"
	"time"
)

// Kind says what an [Event] was.
type Kind int

// The kinds of events. Out is from the grader to the program under test, In
// the other way.
const (
	Note      Kind = iota // something about the program itself
	Listening             // the program listens
	Connect               // a connection was made, by whichever side
	Out                   // bytes to the program
	In                    // bytes from the program
	OutFIN                // the grader ended its direction
	InFIN                 // the program ended its direction
	OutRST                // the grader reset the connection
	InRST                 // the program's side reset the connection
	Hop                   // a datagram on its way from Conn to To
	Lost                  // a datagram that was dropped at To
	Trouble               // what the report is about: the last row
)

// An Event is one row of the timeline.
type Event struct {
	At   time.Duration // since the log was made
	Conn string        // the connection's name, or "" for the program alone
	Kind Kind
	Data []byte // the first bytes of Size, for Out and In
	Size int    // how many bytes there were, or 0
	// Pieces is how many writes the bytes went in, each when the one before had
	// been read; 0 and 1 mean one. Only pictures and [Steps] tell it.
	Pieces int
	Wire   int    // how many bytes an onlooker sees of them, where TLS makes them more; 0 where it is Size
	What   Phrase // what happened, in words; the empty one lets Kind and Data speak
	Cut    bool   // Data is less than there should have been; where a long stream is cut is chance
	Sure   int    // how many bytes of Data are not chance; 0: all
	From   bool   // for Connect: the program under test dialled
	Line   int    // of the script, the command that was at work; 0 when unknown
	Point  bool   // for Note: what the trouble behind it is about, so a report keeps it

	// Seen is what the kernel knew of the program then; nil where the log is not watched.
	Seen *Sighting

	local  bool     // it is about a Unix socket, which has neither FIN nor RST
	somany bool     // Size is chance, and is not told
	lanes  []string // those that had been asked for
	To     string   // for Hop and Lost: where it went, a name as in Conn, or "" for the program
	Named  string   // for Hop and Lost: what its protocol calls it, which is shown in place of its bytes
}

// keepUsual is how many bytes of its data an event keeps: enough for one row.
const keepUsual = 64

// A Log records what happened on the wire, in order. Its methods may be
// called from several goroutines.
type Log struct {
	mu     sync.Mutex
	start  time.Time
	events []Event
	line   int      // see At
	lanes  []string // those that were asked for, in order
	local  bool     // see Local

	see func() *Sighting // see Watch
}

// NewLog returns an empty log whose clock starts now.
func NewLog() *Log { return &Log{start: time.Now()} }

// Add records e at the present time.
func (l *Log) Add(e Event) {
	keep, see := l.watched()
	if see != nil {
		e.Seen = see()
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	e.At, e.Line, e.lanes, e.local = time.Since(l.start), l.line, l.lanes, l.local
	e.Data = slices.Clone(e.Data[:min(len(e.Data), keep)])
	l.events = append(l.events, e)
}

// Local says that the connections are ones between Unix sockets from now on.
func (l *Log) Local() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.local = true
}

// At says which line of the script is at work from now on.
func (l *Log) At(line int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.line = line
}

// Lane gives name a line of its own in the timeline, to the right of those that
// have one already. Without it a line is drawn from its first event on.
func (l *Log) Lane(name string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if name != "" && !slices.Contains(l.lanes, name) {
		l.lanes = append(slices.Clone(l.lanes), name) // the events before keep theirs
	}
}

// Note records a sentence about the program itself.
func (l *Log) Note(format string, args ...any) { l.Add(Event{Kind: Note, What: Say(format, args...)}) }

// Events returns a copy of what was recorded.
func (l *Log) Events() []Event {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.events)
}

// Mark returns a place to which [Log.Rewind] can go back.
func (l *Log) Mark() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.events)
}

// Rewind forgets what was recorded since mark, to say it in fewer rows: two
// hundred clients that all went well are one row, not a thousand.
func (l *Log) Rewind(mark int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.events = l.events[:mark]
}

// Again records events that were rewound, as they were.
func (l *Log) Again(events []Event) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.events = append(l.events, events...)
}
