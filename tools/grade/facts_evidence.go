package grade

import "loopback/tools/probe"

// evidence is what is known when a scenario ends with a verdict: what facts ask.
type evidence struct {
	compared    bool // want and got are known
	want, got   []byte
	own, others [][]byte // what had been sent before: to the one who got the bytes, and by others
	parting     []byte   // what came before an early end and had not been asked for

	words      []string // the program's last words, without a dump that was asked for
	dump       bool
	goroutines []probe.Goroutine // those with a line of the program's own
	raced      race              // what the race detector saw

	conn     string // the connection in question, or ""
	sent     int64  // what the grader sent on it
	reset    bool   // it ended with an RST
	now      probe.Socket
	last     probe.Socket // the program's end when the kernel last knew it
	lastSent int64        // what had been sent by then

	listener     probe.Socket
	noListener   bool
	udpConnected bool
	queueSmall   bool
	asked        uint16   // the port that the server was asked for
	found        []uint16 // the ports at which it listens

	command string
	ended   bool
	status  int
	timer   bool
}

// evidenceOf returns what is known for the facts of v, or nil.
func evidenceOf(v *Verdict) *evidence {
	e, _ := v.Evidence.(*evidence)
	return e
}
