package grade

import "errors"

// A Code names the way in which a program failed. Different mistakes have
// different codes wherever the wire can tell them apart.
type Code string

// The codes. What each means to a learner is in [Code.Meaning].
const (
	Refused      Code = "refused"
	Reset        Code = "reset"
	EarlyEOF     Code = "early-eof"
	NoEOF        Code = "no-eof"
	Silence      Code = "silence"
	WrongBytes   Code = "wrong-bytes"
	ExtraBytes   Code = "extra-bytes"
	Truncated    Code = "truncated"
	WrongSender  Code = "wrong-sender"
	NotListening Code = "not-listening"
	WrongAddress Code = "wrong-address"
	Crash        Code = "crash"
	Exited       Code = "exited"
	NoExit       Code = "no-exit"
	ExitStatus   Code = "exit-status"
	Output       Code = "output"
	OutOfTurn    Code = "out-of-turn"
	Queue        Code = "queue"
	Leak         Code = "leak"
	BusyLoop     Code = "busy-loop"
	Race         Code = "race"
	TooMany      Code = "too-many"
	TooFew       Code = "too-few"
	Connected    Code = "connected"
	Left         Code = "left-processes"
	Memory       Code = "memory"
	Threads      Code = "threads"
	Source       Code = "source"
	CannotGrade  Code = "error"
)

// meanings says what each code means, in the order of the reference page.
var meanings = []struct {
	code    Code
	meaning string
	cause   string // what to say when the scenario has no cause of its own
}{
	{Refused, "nobody listens any more at the address that the program announced", "The listener is gone. A listener lives until somebody closes it or the program ends."},
	{Reset, "the program's side ended the connection with an RST", "A socket that is closed with unread bytes in it answers with a reset. Read to the end of the stream before you close."},
	{EarlyEOF, "the program's FIN came before everything that was owed", "The program closed the connection while its peer was still owed something."},
	{NoEOF, "the program's FIN is owed and cannot come any more", "Nobody closes the connection. Read returned io.EOF; after that it is your turn to call Close."},
	{Silence, "bytes are owed and cannot come any more: the program sleeps and nothing is under way", "The program waits for something that will not happen. Look at the line where it waits."},
	{WrongBytes, "other bytes came than were owed", "What came back is not what was sent. The caret marks the first byte that differs."},
	{ExtraBytes, "more bytes came than were owed", "The program sent more than it should have. Only the first n bytes of the buffer were read."},
	{Truncated, "a datagram came that is only the beginning of the one that was owed", "A datagram is received by one call. What does not fit into that call's buffer is thrown away, and no later call brings it."},
	{WrongSender, "a datagram came from another address than it should have", "The peer asked one address and was answered by another. It has no reason to believe the stranger."},
	{NotListening, "the program never announced an address, or announced one on which it does not listen", "The grader waits for one line on standard output: listening on ADDR, with the listener's own address."},
	{WrongAddress, "the program listens, but not where it was asked to", "Listen on the address in the -listen flag and print ln.Addr(), which knows the port that the kernel chose."},
	{Crash, "the program ended in a panic, a fatal error or by a signal", "The program's last words, under What happened, say what went wrong; the main.go line, if there is one, says where."},
	{Exited, "the program ended by itself while it was still needed", "The program ended. Look for os.Exit, log.Fatal, and for the end of main."},
	{NoExit, "the program should have ended and cannot end any more", "Nothing is left to do, and the program is still there. Look at the line where it waits."},
	{ExitStatus, "the program ended with another status than it should have", "The exit status tells other programs how it went: 0 is success, 1 a network error, 2 wrong use."},
	{Output, "standard output or standard error is not what was promised", "Standard output is the program's interface: exactly what was promised, nothing else. Messages for people belong on standard error."},
	{OutOfTurn, "a client was answered while it should have waited for its turn", "The program serves this client although an earlier one is not finished."},
	{Queue, "the kernel's queue of connections that wait to be accepted is not what it should be", "Two things decide about this queue: the number that was given to listen, and who has called accept."},
	{Leak, "sockets or goroutines are left of clients that have gone", "Something that belonged to one client outlived it. Every way out of the handler must close the connection."},
	{BusyLoop, "the program burns processor time without any progress", "A loop goes round without waiting for anything. Look for a call that returns at once with an error or with no bytes."},
	{Race, "the race detector saw two goroutines use the same memory without a rule", "Two goroutines share a variable and at least one writes. Give it one owner, or guard it with a lock."},
	{TooMany, "more dials were under way at the same time than were allowed", "Nothing limits how many dials are under way. A fixed number of workers does."},
	{TooFew, "fewer dials were under way at the same time than were asked for", "The program dials a port only when another has answered. Dial several at the same time."},
	{Connected, "the program connected to where it must not", "Ask whether you may before you dial: a connection cannot be taken back."},
	{Left, "the program left processes behind", "The program started other programs and did not end them."},
	{Memory, "the program keeps more in memory than its clients may make it keep", "What a client sends and does not take back must stay unread, in the receive buffer: read from it only while there is room."},
	{Threads, "the program uses more threads than it may", "A call that waits inside the kernel keeps a thread for as long as it waits."},
	{Source, "the program's text uses what this unit does without", "The exercise is to do without it: the chapter says what to use instead."},
	{CannotGrade, "could not grade; never the program's fault, never a pass", "This is not your program's fault. Run it again; if it stays, tell the course's authors what is printed here."},
}

// Codes returns all codes.
func Codes() []Code {
	codes := make([]Code, len(meanings))
	for i, m := range meanings {
		codes[i] = m.code
	}
	return codes
}

// Meaning says in one line what c means.
func (c Code) Meaning() string {
	for _, m := range meanings {
		if m.code == c {
			return m.meaning
		}
	}
	return ""
}

func (c Code) genericCause() string {
	for _, m := range meanings {
		if m.code == c {
			return m.cause
		}
	}
	return ""
}

// A Verdict is why a scenario failed.
type Verdict struct {
	Code      Code
	What      string // what happened, in one sentence
	Want, Got []byte // for comparisons
	Compare   bool   // Want and Got are to be shown
	Where     []string
	Words     []string // the program's own last words
	Cause     string   // what the evidence itself says is the likely cause, or ""
	ByTime    bool     // rests on time alone: must be confirmed

	evidence *evidence // what the facts of causes and hints ask; nil: nothing is known
}

// errNotWritten is the outcome of a program that says it is only a stub.
var errNotWritten = errors.New("not written yet")
