package web

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"

	"loopback/tools/base/record"
	"loopback/tools/engine/play/argument"
	"loopback/tools/engine/play/datagram"
	"loopback/tools/engine/play/scene"
	"loopback/tools/engine/play/server"
	"loopback/tools/engine/play/stream"
	"loopback/tools/engine/probe"
	"loopback/tools/engine/wire"
)

// passingCommands are about a server that joins each client with a connection of
// its own to the grader, which is client and backend at the same time.
var passingCommands = []scene.Command{{
	Name: "keeps", Args: "FROM TO SIZE", Group: "Two connections",
	Summary: "the program must be at rest and hold at most SIZE bytes that it has read from FROM and not written to TO",
	Detail: "It is for programs that pass on what comes. The count comes from the kernel: bytes read from the " +
		"program's socket of FROM, less the bytes written to that of TO.",
	Run: func(s *scene.Scene, args []string) {
		argument.Exactly(3, args)
		hoards(s, s.Conn(args[0]), s.Conn(args[1]), argument.Size(args[2]))
	},
}, {
	Name: "passed", Args: "FROM TO", Group: "Two connections",
	Summary: "TO must get all that stuff has sent from FROM, and reads it",
	Run: func(s *scene.Scene, args []string) {
		argument.Exactly(2, args)
		n, to := s.Stuffed[s.Conn(args[0]).Name], s.Conn(args[1])
		s.Stuffed[to.Name] = n // how much it is is chance
		stream.Recv(s, to, s.Fill.Pattern(n))
	},
}, {
	Name: "sessions", Args: "[-clients K] N LISTENER", Group: "Two connections",
	Summary: "N sessions, drawn from the seed, of K clients at a time; each end must get what the other has sent, " +
		"and the other's end",
	Detail: "For each client the program must connect to LISTENER. Either side sends pieces of any size, and reads " +
		"at once or later. It ends its direction with a FIN, and the other must get all of it and a FIN, while it " +
		"may go on sending; or it ends with an RST, and the other must get an RST. A session is over when both sides " +
		"have had a FIN, or one an RST. K is 4 when it is not given.",
	Run: func(s *scene.Scene, args []string) {
		set, args := argument.Flags(args, nil, []string{"-clients"})
		argument.Exactly(2, args)
		k := 4
		if set["-clients"] != "" {
			k = argument.Count(set["-clients"])
		}
		sessions(s, argument.Count(args[0]), k, args[1])
	},
}}

func hoards(s *scene.Scene, from, to *wire.Conn, most int) {
	p := s.Owner(from)
	s.Rest(p)
	in, err1 := s.TheirEnd(from)
	out, err2 := s.TheirEnd(to)
	switch {
	case err1 == probe.ErrNoEvidence || err1 == nil && !in.Counted:
		s.Lacks(stream.Uncounted)
		return
	case err1 != nil || err2 != nil:
		return // an end has gone; the next command says how
	}
	n := in.HasRead() - out.HasWritten()
	if n <= int64(most) {
		s.Record(record.Event{Kind: record.Note,
			What: record.Say("at rest, with at most %s for %s in its own memory", record.Bytes(most), to.Name)})
		return
	}
	s.RejectAt(p, from.Name, record.Say("read by the program, and never passed on"),
		record.Verdict{Code: record.Memory,
			What: record.Say("%s never reads, and the %s goes on reading from %s: it keeps %s in its own memory, and "+
				"%s are allowed", to.Name, s.Kind(), from.Name, record.Varies(record.Bytes(int(n)), "N bytes"),
				record.Bytes(most))})
}

// A side is one end of a session: what it has sent, and what it is owed.
type side struct {
	*wire.Conn
	index    int    // of what it sends, in the filling
	sent     int    // bytes
	got      int    // of the other's
	fin      bool   // it has sent its FIN
	finGot   bool   // and got the other's
	data     []byte // all that it may send
	patience int    // how many steps it lets pass before it reads
}

// A crossing is one session: a client and the backend.
type crossing struct{ ends [2]*side }

// A junction is all sessions of sessions.
type junction struct {
	*scene.Scene
	*rand.Rand
	listener string
	open     []*crossing
	came     int
	now      *crossing
}

// What is drawn.
const (
	mostPiece   = 96 << 10 // less than every system's buffers hold, so that it passes without being read
	mostOfASide = 4 * mostPiece
)

func sessions(s *scene.Scene, n, most int, listener string) {
	s.NeedFiles(2 * most)
	j := &junction{Scene: s, Rand: s.Fill.Source("sessions"), listener: listener}
	since := s.Log.Mark()
	defer func() {
		if s.Hurry = false; s.Verdict != nil {
			j.shorten(since)
		}
	}()
	for step := 0; j.came < n || len(j.open) > 0; step++ {
		if step%scene.Glances == 0 {
			s.Hurry = false
			s.HurryPastTimers(s.Main())
		}
		if j.came < n && (len(j.open) == 0 || len(j.open) < most && j.IntN(3) == 0) {
			j.come()
			continue
		}
		i := j.IntN(len(j.open))
		if j.now = j.open[i]; j.step(j.now) {
			j.open = slices.Delete(j.open, i, i+1)
		}
	}
	s.Log.Rewind(since)
	s.Record(record.Event{Kind: record.Note,
		What: record.Say("%d sessions of all sorts have ended, of %d clients at a time", j.came, most)})
}

// come begins a session.
func (j *junction) come() {
	n := j.came
	j.came++
	x := &crossing{}
	j.now = x
	for i, name := range []string{"C", "B"} {
		x.ends[i] = &side{index: 2*n + i, data: datagram.Numbered(j.Fill, 2*n+i+1, 16+j.IntN(mostOfASide))}
		name = fmt.Sprint(name, n+1)
		if i == 0 {
			x.ends[i].Conn = j.Dial(name, wire.Default)
		} else {
			server.Accept(j.Scene, []string{name, j.listener})
			x.ends[i].Conn = j.Conn(name)
		}
	}
	j.open = append(j.open, x)
}

// step lets one end of x do one thing, and reports whether x is over.
func (j *junction) step(x *crossing) bool {
	i := j.IntN(2)
	me, you := x.ends[i], x.ends[1-i]
	switch left := len(me.data) - me.sent; {
	case j.IntN(40) == 0:
		j.breakOff(me, you)
		return true
	case me.fin:
	case left > 0 && j.IntN(8) > 0:
		n := min(left, j.piece())
		stream.Put(j.Scene, me.Conn, me.data[me.sent:me.sent+n])
		me.sent += n
	default:
		me.CloseWrite()
		me.fin = true
		j.Record(record.Event{Conn: me.Name, Kind: record.OutFIN})
	}
	if you.patience--; you.patience > 0 && !me.fin && me.sent-you.got < mostPiece {
		return false
	}
	you.patience = j.IntN(4)
	j.read(you, me)
	if !me.finGot || !you.finGot {
		return false
	}
	me.Close()
	you.Close()
	return true
}

// piece draws a size: often a small one.
func (j *junction) piece() int {
	if j.IntN(2) == 0 {
		return 1 + j.IntN(64)
	}
	return 1 + j.IntN(mostPiece)
}

// read lets me read all that you have sent, and your FIN.
func (j *junction) read(me, you *side) {
	if n := you.sent - me.got; n > 0 {
		stream.Recv(j.Scene, me.Conn, you.data[me.got:you.sent])
		me.got += n
	}
	if you.fin && !me.finGot {
		stream.Eof(j.Scene, me.Conn)
		me.finGot = true
	}
}

// breakOff ends a session by an RST of me's, which must come to you. Some of what
// me has sent may be lost.
func (j *junction) breakOff(me, you *side) {
	if me.fin {
		j.read(you, me)
	}
	stream.Reset(j.Scene, me.Conn)
	if me.fin { // a program that has read the FIN need not hear of it until it writes
		you.Reset()
		return
	}
	stream.Aborted(j.Scene, you.Conn, me.data[you.got:me.sent])
	you.Close()
}

// shorten keeps of all sessions the last rows of the one that a failure is about.
func (j *junction) shorten(since int) {
	all := slices.Clone(j.Log.Events()[since:])
	var kept []record.Event
	for _, e := range all {
		if j.now == nil || e.Conn == "" || slices.ContainsFunc(j.now.ends[:], func(end *side) bool {
			return end != nil && end.Conn != nil && end.Name == e.Conn
		}) {
			kept = append(kept, e)
		}
	}
	j.Log.Rewind(since)
	j.Log.Add(record.Event{Kind: record.Note,
		What: record.Say("%d sessions of all sorts went well, and in the next:", max(0, j.came-len(j.open)-1))})
	j.Log.Again(kept)
}

// A Tunnel is what a scenario asks a proxy for on each connection that it makes, where it
// has the header through: connect.
type Tunnel struct{}

// Dialled asks a proxy for the backend: what follows on c goes there.
func (*Tunnel) Dialled(s *scene.Scene, c *wire.Conn) {
	addr := server.BackendAddr(s)
	stream.Put(s, c, fmt.Appendf(nil, "CONNECT %s HTTP/1.1\r\nHost: %s\r\n\r\n", addr, addr))
	got, failed, end := readHead(s, c, nil)
	if !bytes.HasSuffix(got, endOfHead) || parseHeader(got).status() != 200 {
		compareStart(s, c, []byte("HTTP/1.1 200 "), got, failed, end)
	}
	s.Record(record.Event{Conn: c.Name, Kind: record.In, Data: got, Size: len(got)})
}
