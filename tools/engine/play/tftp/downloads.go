package tftp

import (
	"slices"

	"loopback/tools/base/record"
	"loopback/tools/engine/play/argument"
	"loopback/tools/engine/play/datagram"
	"loopback/tools/engine/play/payload"
	"loopback/tools/engine/play/programs"
	"loopback/tools/engine/play/scene"
	"loopback/tools/engine/play/stream"
	"loopback/tools/engine/play/taste"
)

var downloadCommands = []scene.Command{{
	Name: "downloads", Args: "N", Group: "Files by datagrams",
	Summary: "N moves, drawn from the seed, of four clients that download files; each must get what a model says, " +
		"and nothing else",
	Detail: "They ask for what publish has made, and for what is not there or not allowed; acknowledge a block once " +
		"or twice, an old one, or one to come; send what makes no sense; let a stranger speak to their transfer's " +
		"port; and end it with an error. Some of that happens at the same moment, for which the program is stopped " +
		"(SIGSTOP). No timer of the server's may fire meanwhile: its -timeout must be long.",
	Run: scene.OnCount(downloads),
}, {
	Name: "endings", Args: "N NAME FILE FOLDER", Group: "Files by datagrams",
	Summary: "N times NAME downloads FILE, asks for five things that are refused, ends a transfer with an error, and " +
		"says three times at the same moment what ends one: its last acknowledgement, and an error",
	Detail: "Refused must be a name that leads to no file, one that leads out, FOLDER, a mode and a write request. " +
		"At the same moment means that the program is stopped (SIGSTOP) meanwhile. What each of these ways leaves " +
		"behind is seen by descriptors and goroutines after N of them.",
	Run: endings,
}}

func endings(s *scene.Scene, args []string) {
	argument.Exactly(4, args)
	name, file := args[1], args[2]
	e, mark, spent := s.Peer(name), 0, s.Spent
	for i := range argument.Count(args[0]) {
		if i == 1 {
			mark = s.Log.Mark()
		}
		download(s, []string{name, file})
		finished(s, e)
		for _, r := range []struct{ mode, file, code string }{
			{"octet", "nowhere", "1"}, {"octet", "../" + file, "2"}, {"octet", args[3], "2"}, {"mail", file, "4"},
		} {
			readRequest(s, []string{"-mode", r.mode, name, r.file})
			errorComes(s, []string{name, r.code})
		}
		beginTransfer(s, e, file, e.Asked)
		datagram.Dispatch(s, e, payload.TFTPRequest(payload.TFTPWrite, file, "octet"), e.Asked)
		errorComes(s, []string{name, "4"})
		readRequest(s, []string{name, file})
		block(s, e, 1, getOf(s, e).piece(1))
		toTransfer(s, e, payload.TFTPNumbered(payload.TFTPError, 0, []byte("enough\x00")))
		finished(s, e)
		endsThrice(s, e, file, payload.TFTPAck)
		endsThrice(s, e, file, payload.TFTPError)
		s.Spent = spent // many transfers take their time, each of them little
		if i > 0 {
			s.Log.Rewind(mark)
		}
	}
	s.Record(record.Event{Kind: record.Note, What: record.Say("all of this %s times",
		record.Count(argument.Count(args[0])))})
}

// endsThrice lets e download the file, and say three times at one moment what
// ends that: the program may still listen to its port then, or not.
func endsThrice(s *scene.Scene, e *scene.Peer, file string, op uint16) {
	readRequest(s, []string{e.Name, file})
	t, n := getOf(s, e), 1
	block(s, e, n, t.piece(n))
	for ; op == payload.TFTPAck && len(t.piece(n)) == t.block; n++ {
		toTransfer(s, e, payload.TFTPNumbered(payload.TFTPAck, n, nil))
		block(s, e, n+1, t.piece(n+1))
	}
	said := payload.TFTPNumbered(payload.TFTPAck, n, nil)
	if op == payload.TFTPError {
		said = payload.TFTPNumbered(payload.TFTPError, 0, []byte("enough\x00"))
	}
	p := s.Main()
	s.Rest(p)
	stream.Halt(s, p)
	for range 3 {
		toTransfer(s, e, said)
	}
	p.GoOn()
	s.Record(record.Event{Kind: record.Note, What: record.Say("the server goes on (SIGCONT)")})
	finished(s, e)
}

// A library is the clients of downloads, and what the model knows of them.
type library struct {
	*scene.Scene
	*taste.Taste
	clients  []*scene.Peer
	stranger *scene.Peer
	under    []bool // whether a transfer of the client is under way
	done     int    // how many transfers are over
	since    int    // where in the timeline they begin
}

func downloads(s *scene.Scene, n int) {
	if len(programs.Files(s)) == 0 {
		s.Misuse("there is nothing to download: publish it first")
	}
	scene.Of[vocabulary](s)
	l := &library{Scene: s, Taste: taste.New(s.Fill.Source("downloads"))}
	for _, name := range []string{"A", "B", "C", "E"} {
		s.UDP([]string{name})
		l.clients = append(l.clients, s.Peer(name))
	}
	s.UDP([]string{"X"})
	l.stranger, l.under, l.since = s.Peer("X"), make([]bool, len(l.clients)), s.Log.Mark()
	defer func() {
		if s.Verdict != nil {
			l.shorten()
		}
	}()
	s.Rest(s.Main())
	for range n {
		if l.IntN(8) == 0 {
			l.atOnce()
			continue
		}
		l.move(l.IntN(len(l.clients)))
	}
	for i, e := range l.clients {
		if l.under[i] {
			toTransfer(s, e, payload.TFTPNumbered(payload.TFTPAck, getOf(s, e).last, nil))
			l.follow(i, true)
		}
	}
	s.Log.Rewind(l.since)
	s.Record(record.Event{Kind: record.Note, What: record.Say("%d moves of four clients: %d transfers have ended",
		n, l.done)})
}

// move lets client i do one thing.
func (l *library) move(i int) {
	e := l.clients[i]
	if !l.under[i] {
		l.ask(i)
		return
	}
	last := getOf(l.Scene, e).last
	switch l.IntN(12) {
	case 0:
		l.odd(e)
	case 1:
		toTransfer(l.Scene, e, payload.TFTPNumbered(payload.TFTPAck, last-1-l.IntN(3), nil))
	case 2:
		toTransfer(l.Scene, e, payload.TFTPNumbered(payload.TFTPAck, last+1+l.IntN(3)*l.IntN(300), nil))
		l.calm()
	case 3:
		datagram.Post(l.Scene, l.stranger, payload.TFTPNumbered(payload.TFTPAck, last, nil), getOf(l.Scene, e).from)
		errorComes(l.Scene, []string{"X", "5"})
	case 4:
		stop := payload.TFTPNumbered(payload.TFTPError, 0, []byte("stop\x00"))
		datagram.Post(l.Scene, l.stranger, stop, getOf(l.Scene, e).from)
	case 5:
		if l.IntN(3) == 0 {
			toTransfer(l.Scene, e, payload.TFTPNumbered(payload.TFTPError, l.IntN(8), []byte("enough\x00")))
			l.over(i)
		}
	case 6, 7:
		toTransfer(l.Scene, e, payload.TFTPNumbered(payload.TFTPAck, last, nil))
		toTransfer(l.Scene, e, payload.TFTPNumbered(payload.TFTPAck, last, nil))
		l.follow(i, false)
	default:
		toTransfer(l.Scene, e, payload.TFTPNumbered(payload.TFTPAck, last, nil))
		l.follow(i, false)
	}
}

// ask lets client i send a request, and takes its answer.
func (l *library) ask(i int) {
	e := l.clients[i]
	file := programs.Files(l.Scene)[l.IntN(len(programs.Files(l.Scene)))]
	switch l.IntN(10) {
	case 0:
		readRequest(l.Scene, []string{e.Name, "not-there"})
		errorComes(l.Scene, []string{e.Name, "1"})
	case 1:
		readRequest(l.Scene, []string{e.Name, "../" + file.Path})
		errorComes(l.Scene, []string{e.Name, "2"})
	case 2:
		readRequest(l.Scene, []string{"-mode", "netascii", e.Name, file.Path})
		errorComes(l.Scene, []string{e.Name, "4"})
	case 3:
		readRequest(l.Scene, []string{"-mode", "Octet", e.Name, file.Path, "tsize", "0", "blksize", "1428"})
		l.begin(i)
	default:
		readRequest(l.Scene, []string{e.Name, file.Path})
		l.begin(i)
	}
}

func (l *library) begin(i int) {
	e := l.clients[i]
	block(l.Scene, e, 1, getOf(l.Scene, e).piece(1))
	l.under[i] = true
}

// follow takes what follows an acknowledgement of the last block that came: the
// next one, all that are left, or the end.
func (l *library) follow(i int, all bool) {
	e := l.clients[i]
	if len(getOf(l.Scene, e).piece(getOf(l.Scene, e).last)) < getOf(l.Scene, e).block {
		l.over(i)
		return
	}
	if all {
		takeAll(l.Scene, e, manner{})
		l.over(i)
		return
	}
	n := getOf(l.Scene, e).last + 1
	block(l.Scene, e, n, getOf(l.Scene, e).piece(n))
}

// over makes sure that client i's transfer is over.
func (l *library) over(i int) {
	finished(l.Scene, l.clients[i])
	l.under[i] = false
	l.done++
}

// calm makes sure that nothing has come to a client that had asked for nothing.
func (l *library) calm() {
	l.Rest(l.Main())
	for _, e := range l.clients {
		got, from, err := e.Receive(0)
		if err != nil {
			continue
		}
		sawArrive(l.Scene, e, from, got)
		l.Reject(e.Name, record.Say("nothing more was expected"), record.Verdict{Code: record.ExtraBytes,
			What: record.Say("%s came, and %s had not acknowledged the block before", shown(e, got), e.Name)})
	}
}

// odd lets e send what means nothing to a transfer.
func (l *library) odd(e *scene.Peer) {
	all := [][]byte{nil, {0}, {0, 4}, {0, 4, 0}, payload.TFTPNumbered(payload.TFTPData, getOf(l.Scene, e).last,
		[]byte("x")),
		payload.TFTPRequest(payload.TFTPRead, "not-there", "octet"), {1, 4, 0, byte(getOf(l.Scene, e).last)}, {0, 9, 0,
			byte(getOf(l.Scene, e).last)}}
	toTransfer(l.Scene, e, all[l.IntN(len(all))])
}

// atOnce lets every client with a transfer acknowledge its block while the
// program is stopped, some twice, and with old acknowledgements in between.
func (l *library) atOnce() {
	p := l.Main()
	l.Rest(p)
	stream.Halt(l.Scene, p)
	for i, e := range l.clients {
		if !l.under[i] {
			continue
		}
		if l.IntN(3) == 0 {
			toTransfer(l.Scene, e, payload.TFTPNumbered(payload.TFTPAck, getOf(l.Scene, e).last-1, nil))
		}
		for range 1 + l.IntN(2) {
			toTransfer(l.Scene, e, payload.TFTPNumbered(payload.TFTPAck, getOf(l.Scene, e).last, nil))
		}
	}
	p.GoOn()
	l.Record(record.Event{Kind: record.Note, What: record.Say("the server goes on (SIGCONT)")})
	for i := range l.clients {
		if l.under[i] {
			l.follow(i, false)
		}
	}
}

// shorten keeps the last rows of the client that a failure is about, and few of
// others.
func (l *library) shorten() {
	all := slices.Clone(l.Log.Events()[l.since:])
	who := ""
	for _, e := range all {
		if e.Kind == record.Trouble {
			who = e.Conn
		}
	}
	l.Log.Rewind(l.since)
	l.Log.Add(record.Event{Kind: record.Note,
		What: record.Say("%d transfers of all sorts went well, and then:", l.done)})
	l.Log.Again(scene.LastOf(all, who))
}
