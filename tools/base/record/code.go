package record

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
	Segments     Code = "segments"
	StillListens Code = "still-listening"
	Wait         Code = "wait"
	Source       Code = "source"
	File         Code = "file"
	Handshake    Code = "handshake"
	Alert        Code = "alert"
	NoNotify     Code = "no-close-notify"
	Hides        Code = "hides"
	CannotGrade  Code = "error"
)

// meanings says what each code means, in the order of the reference page.
var meanings = []struct {
	code    Code
	meaning string
	cause   string // what to say when the scenario has no cause of its own
}{
	{Refused, "nothing listens any more at the address that the program announced",
		"The listener is gone. It lives until the program closes it, or ends."},
	{Reset, "the program's side ended the connection with an RST",
		"A socket that is closed while bytes wait unread in it answers with a reset, and so does one that is closed " +
			"with SO_LINGER set to zero. Read to the end of the stream before you close."},
	{EarlyEOF, "the program's FIN came before everything that was expected",
		"The program closed the connection, or ended its direction, while its peer still expected something. The " +
			"cause may be a return after an error: look at what the program does with each one."},
	{NoEOF, "the program's FIN is expected and cannot come any more",
		"The connection has not been closed. When all has been read and written, the program has to close it: on " +
			"every way out of the function that serves it."},
	{Silence, "bytes are expected and cannot come any more: the program sleeps and nothing is under way",
		"The program waits for something that will not happen. Look at the line where it waits."},
	{WrongBytes, "the bytes that came are not the ones expected",
		"The bytes that came differ from those that were expected, and the caret marks the first one that does."},
	{ExtraBytes, "more bytes came than were expected", "The program sent more than it should have. Perhaps it wrote " +
		"a whole buffer, of which only the first n bytes had been read, or it wrote something twice."},
	{Truncated, "a datagram came that is only the beginning of the one that was expected",
		"Only the beginning came. Perhaps the datagram was received into a buffer that was too short: what does not " +
			"fit into the buffer of that one call is thrown away."},
	{WrongSender, "a datagram came from another address than it should have",
		"The peer asked one address and was answered from another, so it has no reason to believe the answer."},
	{NotListening, "the program never announced an address, or announced one on which it does not listen",
		"The grader waits for one line on standard output: listening on ADDR, with the listener's own address."},
	{WrongAddress, "the program listens, but not where it was asked to",
		"Listen on the address in the -listen flag and print the listener's own address, which has the port that the " +
			"kernel chose."},
	{Crash, "the program ended in a panic, a fatal error or by a signal",
		"The program's last words, under What happened, say what went wrong; the main.go line, if there is one, " +
			"says where."},
	{Exited, "the program ended by itself while it was still needed",
		"The program ended. Look for os.Exit, log.Fatal, and for the end of main."},
	{NoExit, "the program should have ended and has not",
		"Nothing is left to do, and the program is still there. Look at the line where it waits."},
	{ExitStatus, "the program ended with another status than it should have",
		"The exit status tells other programs how it went. The program's last words, if there are any, say what it " +
			"took for an error."},
	{Output, "standard output or standard error is not what was promised",
		"Standard output is the program's interface: exactly what was promised, nothing more and nothing less. " +
			"Messages for people belong on standard error."},
	{OutOfTurn, "a client was answered while it should have waited for its turn",
		"The program serves this client although an earlier one is not finished."},
	{Queue, "the kernel's queue of connections that wait to be accepted is not what it should be",
		"Two things decide about this queue: the number that was given to listen, and how many connections the " +
			"program has accepted."},
	{Leak, "sockets or goroutines are left of clients that have gone",
		"Something that belonged to one client outlived it. Every way out of the code that serves a client must " +
			"release what belongs to it."},
	{BusyLoop, "the program burns processor time without any progress",
		"A loop goes round without waiting for anything. Perhaps a call in it returns at once, with an error or " +
			"with no bytes."},
	{Race, "the race detector saw two goroutines use the same memory without a rule",
		"Two goroutines share a variable and at least one writes. Give it one owner, or guard it with a lock."},
	{TooMany, "more dials were under way, or more clients served, at the same time than were allowed",
		"Nothing limits how many dials are under way. A fixed number of workers does."},
	{TooFew, "fewer dials were under way, or fewer clients served, at the same time than were asked for",
		"Fewer dials are under way than could be. Perhaps the program dials one port only when another has answered."},
	{Connected, "the program connected to where it must not",
		"Ask whether you may before you dial: a connection cannot be taken back."},
	{Left, "the program left processes behind", "The program started other programs and did not end them."},
	{Memory, "the program keeps more in memory than it may", "The program keeps more than it needs. Perhaps it keeps " +
		"what a client sends and does not take back: that should stay unread, in the receive buffer."},
	{Threads, "the program uses more threads, or goroutines, than it may",
		"A call that waits inside the kernel keeps a thread for as long as it waits."},
	{Segments, "the reply came in more TCP segments than are allowed",
		"Each write(2) of a few bytes is a system call, and a segment of its own. Gather what can be sent together, " +
			"and write it once."},
	{StillListens, "the program still listens, although it should take no more clients",
		"While a socket listens the kernel completes connections for it, whether or not the program calls Accept. " +
			"Only to close the listener ends that."},
	{Wait, "the program waits for another time than it should",
		"Each wait has its own length. Look at the line that sets its end."},
	{Source, "the program's text uses what this unit does without",
		"The exercise is to do without it: the chapter says what to use instead."},
	{File, "a file is not as it should be",
		"Look at what the program makes, changes and removes in the file system, and when."},
	{Handshake, "the TLS handshake came to another end than it should have",
		"The handshake decides what both sides speak, and whose certificate it is. Look at the tls.Config, and at " +
			"the error that the handshake returned."},
	{Alert, "the program ended TLS with an alert, or with bytes that are not records of TLS",
		"An alert is how one side says that it cannot go on. Look at the error that the program got just before."},
	{NoNotify, "the program's FIN came, and no close_notify before it",
		"A FIN can be forged on the way; only a close_notify proves that the stream ends here. To close the " +
			"TLS connection sends it, to close the TCP connection below does not."},
	{Hides, "the program keeps the grader from looking at what it does",
		"What a scenario has to see of a process, such as its open descriptors, cannot be seen of this one, and of " +
			"others it can. The program, or another one that it starts, must not close itself off, and not be traced."},
	{CannotGrade, "could not grade: no verdict, and never a pass",
		"The grader could not come to a verdict, for the reason that is given above; that says nothing about the " +
			"program yet. Run it again; if it stays, tell the course's authors what is printed here."},
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

// Cause says what is most often the reason for c, where a scenario knows nothing better.
func (c Code) Cause() string {
	for _, m := range meanings {
		if m.code == c {
			return m.cause
		}
	}
	return ""
}
