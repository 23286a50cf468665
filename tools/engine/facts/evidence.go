package facts

import (
	"loopback/tools/base/record"
	"loopback/tools/engine/probe"
)

// Evidence is what is known when a scenario ends with a verdict: what facts ask.
type Evidence struct {
	Compared    bool // want and got are known
	Want, Got   []byte
	Own, Others [][]byte // what had been sent before: to the one who got the bytes, and by others
	Parting     []byte   // what came before an early end and had not been asked for

	Words      []string // the program's last words, without a dump that was asked for
	Dump       bool
	Goroutines []probe.Goroutine // those with a line of the program's own
	Raced      Race              // what the race detector saw

	Program  string // the name of the program in question
	Conn     string // the connection in question, or ""
	Sent     int64  // what the grader sent on it
	Reset    bool   // it ended with an RST
	Now      probe.Socket
	Last     probe.Socket // the program's end when the kernel last knew it
	LastSent int64        // what had been sent by then

	Listener     probe.Socket
	NoListener   bool
	UDPConnected bool
	QueueSmall   bool
	Unheard      Unheard  // where datagrams lie that the program has not read
	Asked        uint16   // the port that the server was asked for
	Found        []uint16 // the ports at which it listens

	Remain string // what the program still holds of clients that have gone: "sockets", "pipes", "files"

	Command string
	Ended   bool
	Status  int
	Signal  string   // the signal that ended it and that the grader had sent
	Open    []string // the files in its folder that it has open
	Timer   bool
	Chatter bool // it printed more than its announcement
}

// Of returns what is known for the facts of v, or nil.
func Of(v *record.Verdict) *Evidence {
	e, _ := v.Evidence.(*Evidence)
	return e
}

// Unheard says in which UDP sockets of the program datagrams wait unread.
type Unheard struct {
	Announced bool // in the one at the address that the server announced
	Elsewhere bool // in another
}
