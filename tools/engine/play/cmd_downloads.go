package play

import (
	"slices"

	"loopback/tools/base/record"
)

var downloadCommands = []Command{{
	Name: "downloads", Args: "N", Group: "Files by datagrams",
	Summary: "N moves, drawn from the seed, of four clients that download files; each must get what a model says, " +
		"and nothing else",
	Detail: "They ask for what publish has made, and for what is not there or not allowed; acknowledge a block once " +
		"or twice, an old one, or one to come; send what makes no sense; let a stranger speak to their " +
		"transfer's port; " +
		"and end it by an error. Some of that happens at one moment, for which the program is stopped (SIGSTOP). No " +
		"timer of the server's may fire meanwhile: its -timeout must be long.",
	run: onCount((*scene).downloads),
}, {
	Name: "endings", Args: "N NAME FILE FOLDER", Group: "Files by datagrams",
	Summary: "N times NAME downloads FILE, asks for five things that are refused, and ends a transfer by an error",
	Detail: "Refused must be a name that leads to no file, one that leads out, FOLDER, a mode and a write request. " +
		"What each of these ways leaves behind is seen by descriptors and goroutines after N of them.",
	run: (*scene).endings,
}}

func (s *scene) endings(args []string) {
	exactly(4, args)
	name, file := args[1], args[2]
	e, mark := s.peer(name), 0
	for i := range count(args[0]) {
		if i == 1 {
			mark = s.log.Mark()
		}
		s.download([]string{name, file})
		s.finished(e)
		for _, r := range []struct{ mode, file, code string }{
			{"octet", "nowhere", "1"}, {"octet", "../" + file, "2"}, {"octet", args[3], "2"}, {"mail", file, "4"},
		} {
			s.readRequest([]string{"-mode", r.mode, name, r.file})
			s.errorComes([]string{name, r.code})
		}
		s.beginTransfer(e, file, e.asked)
		s.dispatch(e, tftpRequest(tftpWrite, file, "octet"), e.asked)
		s.errorComes([]string{name, "4"})
		s.readRequest([]string{name, file})
		s.block(e, 1, getOf(s, e).piece(1))
		s.toTransfer(e, tftpNumbered(tftpError, 0, []byte("enough\x00")))
		s.finished(e)
		if i > 0 {
			s.log.Rewind(mark)
		}
	}
	s.record(record.Event{Kind: record.Note, What: record.Say("all of this %s times", record.Count(count(args[0])))})
}

// A library is the clients of downloads, and what the model knows of them.
type library struct {
	*scene
	*taste
	clients  []*peer
	stranger *peer
	under    []bool // whether a transfer of the client is under way
	done     int    // how many transfers are over
	since    int    // where in the timeline they begin
}

func (s *scene) downloads(n int) {
	if len(shelfOf(s).files) == 0 {
		s.misuse("there is nothing to download: publish it first")
	}
	of[vocabulary](s)
	l := &library{scene: s, taste: newTaste(s.fill.source("downloads"))}
	for _, name := range []string{"A", "B", "C", "E"} {
		s.udp([]string{name})
		l.clients = append(l.clients, s.peer(name))
	}
	s.udp([]string{"X"})
	l.stranger, l.under, l.since = s.peer("X"), make([]bool, len(l.clients)), s.log.Mark()
	defer func() {
		if s.verdict != nil {
			l.shorten()
		}
	}()
	s.rest(s.main())
	for range n {
		if l.IntN(8) == 0 {
			l.atOnce()
			continue
		}
		l.move(l.IntN(len(l.clients)))
	}
	for i, e := range l.clients {
		if l.under[i] {
			s.toTransfer(e, tftpNumbered(tftpAck, getOf(s, e).last, nil))
			l.follow(i, true)
		}
	}
	s.log.Rewind(l.since)
	s.record(record.Event{Kind: record.Note, What: record.Say("%d moves of four clients: %d transfers have ended",
		n, l.done)})
}

// move lets client i do one thing.
func (l *library) move(i int) {
	e := l.clients[i]
	if !l.under[i] {
		l.ask(i)
		return
	}
	last := getOf(l.scene, e).last
	switch l.IntN(12) {
	case 0:
		l.odd(e)
	case 1:
		l.toTransfer(e, tftpNumbered(tftpAck, last-1-l.IntN(3), nil))
	case 2:
		l.toTransfer(e, tftpNumbered(tftpAck, last+1+l.IntN(3)*l.IntN(300), nil))
		l.calm()
	case 3:
		l.post(l.stranger, tftpNumbered(tftpAck, last, nil), getOf(l.scene, e).from)
		l.errorComes([]string{"X", "5"})
	case 4:
		l.post(l.stranger, tftpNumbered(tftpError, 0, []byte("stop\x00")), getOf(l.scene, e).from)
	case 5:
		if l.IntN(3) == 0 {
			l.toTransfer(e, tftpNumbered(tftpError, l.IntN(8), []byte("enough\x00")))
			l.over(i)
		}
	case 6, 7:
		l.toTransfer(e, tftpNumbered(tftpAck, last, nil))
		l.toTransfer(e, tftpNumbered(tftpAck, last, nil))
		l.follow(i, false)
	default:
		l.toTransfer(e, tftpNumbered(tftpAck, last, nil))
		l.follow(i, false)
	}
}

// ask lets client i send a request, and takes its answer.
func (l *library) ask(i int) {
	e := l.clients[i]
	file := shelfOf(l.scene).files[l.IntN(len(shelfOf(l.scene).files))]
	switch l.IntN(10) {
	case 0:
		l.readRequest([]string{e.Name, "not-there"})
		l.errorComes([]string{e.Name, "1"})
	case 1:
		l.readRequest([]string{e.Name, "../" + file.path})
		l.errorComes([]string{e.Name, "2"})
	case 2:
		l.readRequest([]string{"-mode", "netascii", e.Name, file.path})
		l.errorComes([]string{e.Name, "4"})
	case 3:
		l.readRequest([]string{"-mode", "Octet", e.Name, file.path, "tsize", "0", "blksize", "1428"})
		l.begin(i)
	default:
		l.readRequest([]string{e.Name, file.path})
		l.begin(i)
	}
}

func (l *library) begin(i int) {
	e := l.clients[i]
	l.block(e, 1, getOf(l.scene, e).piece(1))
	l.under[i] = true
}

// follow takes what follows an acknowledgement of the last block that came: the
// next one, all that are left, or the end.
func (l *library) follow(i int, all bool) {
	e := l.clients[i]
	if len(getOf(l.scene, e).piece(getOf(l.scene, e).last)) < getOf(l.scene, e).block {
		l.over(i)
		return
	}
	if all {
		l.takeAll(e, manner{})
		l.over(i)
		return
	}
	n := getOf(l.scene, e).last + 1
	l.block(e, n, getOf(l.scene, e).piece(n))
}

// over makes sure that client i's transfer is over.
func (l *library) over(i int) {
	l.finished(l.clients[i])
	l.under[i] = false
	l.done++
}

// calm makes sure that nothing has come to a client that had asked for nothing.
func (l *library) calm() {
	l.rest(l.main())
	for _, e := range l.clients {
		got, from, err := e.Receive(0)
		if err != nil {
			continue
		}
		l.sawArrive(e, from, got)
		l.reject(e.Name, record.Say("nothing more was expected"), record.Verdict{Code: record.ExtraBytes,
			What: record.Say("%s came, and %s had not acknowledged the block before", e.shown(got), e.Name)})
	}
}

// odd lets e send what means nothing to a transfer.
func (l *library) odd(e *peer) {
	all := [][]byte{nil, {0}, {0, 4}, {0, 4, 0}, tftpNumbered(tftpData, getOf(l.scene, e).last, []byte("x")),
		tftpRequest(tftpRead, "not-there", "octet"), {1, 4, 0, byte(getOf(l.scene, e).last)}, {0, 9, 0, byte(getOf(l.scene, e).last)}}
	l.toTransfer(e, all[l.IntN(len(all))])
}

// atOnce lets every client with a transfer acknowledge its block while the
// program is stopped, some twice, and with old acknowledgements in between.
func (l *library) atOnce() {
	p := l.main()
	l.rest(p)
	l.halt(p)
	for i, e := range l.clients {
		if !l.under[i] {
			continue
		}
		if l.IntN(3) == 0 {
			l.toTransfer(e, tftpNumbered(tftpAck, getOf(l.scene, e).last-1, nil))
		}
		for range 1 + l.IntN(2) {
			l.toTransfer(e, tftpNumbered(tftpAck, getOf(l.scene, e).last, nil))
		}
	}
	p.goOn()
	l.record(record.Event{Kind: record.Note, What: record.Say("the server goes on (SIGCONT)")})
	for i := range l.clients {
		if l.under[i] {
			l.follow(i, false)
		}
	}
}

// shorten keeps the last rows of the client that a failure is about, and few of
// others.
func (l *library) shorten() {
	all := slices.Clone(l.log.Events()[l.since:])
	who := ""
	for _, e := range all {
		if e.Kind == record.Trouble {
			who = e.Conn
		}
	}
	l.log.Rewind(l.since)
	l.log.Add(record.Event{Kind: record.Note,
		What: record.Say("%d transfers of all sorts went well, and then:", l.done)})
	l.log.Again(lastOf(all, who))
}
