package record

// A Sighting is what the kernel knew of the program's sockets right behind an event.
type Sighting struct {
	Queue   int // how many connections waited to be accepted; -1 where that is not known
	Backlog int // how many may wait
	Ends    []End
}

// An End is the program's end of one connection.
type End struct {
	Conn   string // its name, as in [Event.Conn]
	Peer   uint16 // the port of the grader's end; 0 for a Unix socket
	Own    uint16 // and of the program's
	State  string // in the words of RFC 9293; "" when the kernel has no such socket any more
	Unread int    // the bytes that the program has not read; an unread FIN counts as one
	Unsent int    // the bytes that it has written and its kernel has not sent
}

// Watch has the log keep whole the bytes of the events that follow, up to a bound, and
// what see returns behind each. See is called by the goroutine that adds the event, with
// no lock held.
func (l *Log) Watch(see func() *Sighting) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.see = see
}

// keepWhole is how many bytes of its data an event of a watched log keeps.
const keepWhole = 4096

// watched returns how many bytes an event keeps, and what is seen behind it.
func (l *Log) watched() (keep int, see func() *Sighting) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.see == nil {
		return keepUsual, nil
	}
	return keepWhole, l.see
}
