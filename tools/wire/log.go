package wire

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
	Text   string // what happened, in words; "" lets Kind and Data speak
	From   bool   // for Connect: the program under test dialled
	Line   int    // of the script, the command that was at work; 0 when unknown
}

// keep is how many bytes of its data an event keeps: enough for one row.
const keep = 64

// A Log records what happened on the wire, in order. Its methods may be
// called from several goroutines.
type Log struct {
	mu     sync.Mutex
	start  time.Time
	events []Event
	line   int // see At
}

// NewLog returns an empty log whose clock starts now.
func NewLog() *Log { return &Log{start: time.Now()} }

// Add records e at the present time.
func (l *Log) Add(e Event) {
	l.mu.Lock()
	defer l.mu.Unlock()
	e.At, e.Line = time.Since(l.start), l.line
	e.Data = slices.Clone(e.Data[:min(len(e.Data), keep)])
	l.events = append(l.events, e)
}

// At says which line of the script is at work from now on.
func (l *Log) At(line int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.line = line
}

// Note records a sentence about the program itself.
func (l *Log) Note(text string) { l.Add(Event{Kind: Note, Text: text}) }

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
