package crowds

import (
	"loopback/tools/base/record"
	"loopback/tools/engine/play/argument"
	"loopback/tools/engine/play/datagram"
	"loopback/tools/engine/play/payload"
	"loopback/tools/engine/play/programs"
	"loopback/tools/engine/play/resp"
	"loopback/tools/engine/play/scene"
	"loopback/tools/engine/play/stream"
	"loopback/tools/engine/play/taste"
	"loopback/tools/engine/wire"
)

// uploadCommands are for servers that read to the end of a stream and answer with
// its digest.
var uploadCommands = []scene.Command{{
	Name: "upload", Args: "[-frozen] SIZE...", Group: "Many clients",
	Summary: "for each SIZE a client of its own sends that many bytes and its FIN; their digest must come, and a FIN",
	Detail: "The digest is the text sum of what was sent. Sizes may be ranges, such as 511-513,4096. With -frozen " +
		"the program is stopped (SIGSTOP) until the bytes and the FIN are there.",
	Run: upload,
}, {
	Name: "uploads", Args: "[-limit N] [-clients K] COUNT [REFUSAL...]", Group: "Many clients",
	Summary: "COUNT uploads, drawn from the seed, of K clients at a time; each must get the digest of what it sent, " +
		"or, beyond N bytes, REFUSAL, and then a FIN",
	Detail: "K is 4 and N 1MiB when they are not given. An upload has any size, often one near N or that of a " +
		"buffer, and is cut anywhere. It ends with a FIN, with a close, which leaves the answer unread, or with an " +
		"RST, which must be one line of standard error with the client's address and the word reset. Beyond N bytes " +
		"the client reads at once, or sends more before it reads, and ends later. Several clients may do something " +
		"while the program is stopped (SIGSTOP).",
	Run: func(s *scene.Scene, args []string) {
		set, args := argument.Flags(args, nil, []string{"-limit", "-clients"})
		argument.AtLeast(1, args)
		limit, most := 1<<20, someClients
		if set["-limit"] != "" {
			limit = argument.Size(set["-limit"])
		}
		if set["-clients"] != "" {
			most = argument.Count(set["-clients"])
		}
		uploads(s, argument.Count(args[0]), most, limit, s.Fill.Joined(args[1:]))
	},
}}

func upload(s *scene.Scene, args []string) {
	set, args := argument.Flags(args, []string{"-frozen"}, nil)
	argument.AtLeast(1, args)
	var all []int
	for _, arg := range args {
		for _, one := range resp.Sweep(arg) {
			all = append(all, argument.Size(one))
		}
	}
	defer func() { s.Hurry = false }()
	s.HurryPastTimers(s.Main())
	mark := s.Log.Mark()
	for i, n := range all {
		s.Log.Rewind(mark)
		if i > 0 {
			s.Record(record.Event{Kind: record.Note, What: record.Say("%d of %d uploads went well", i, len(all))})
		}
		s.Hurry = s.Hurry || i >= scene.Unhurried
		c := s.Dial("Z", wire.Default)
		uploadOne(s, c, datagram.Numbered(s.Fill, i+1, n), set["-frozen"] != "")
	}
	s.Log.Rewind(mark)
	s.Record(record.Event{Kind: record.Note, What: record.Say("all %d uploads went well", len(all))})
}

// uploadOne sends data and a FIN on c, and reads the digest and the FIN.
func uploadOne(s *scene.Scene, c *wire.Conn, data []byte, frozen bool) {
	p := s.Owner(c)
	if frozen {
		stream.Halt(s, p)
	}
	if len(data) > 0 {
		stream.Put(s, c, data)
	}
	c.CloseWrite() // that the peer is gone already is seen by what reads
	s.Record(record.Event{Conn: c.Name, Kind: record.OutFIN})
	if frozen {
		p.GoOn()
		s.Record(record.Event{Kind: record.Note, What: record.Say("the server goes on (SIGCONT)")})
	}
	stream.Recv(s, c, payload.Sum(data))
	stream.Eof(s, c)
	c.Close()
}

// An uploader is one client of uploads.
type uploader struct {
	*wire.Conn
	data []byte // all that it will send, at the most
	sent int
	end  uploadEnd
	late bool // it reads its refusal only when it has sent all
	read bool // it has read its refusal
}

// A depot is all clients of uploads.
type depot struct {
	*scene.Scene
	*taste.Taste
	limit   int
	refusal []byte
	seats   []*uploader // the clients that are there; nil where none is
	came    int
	left    int // how many have left
	since   int // where in the timeline they begin
}

func uploads(s *scene.Scene, n, most, limit int, refusal []byte) {
	d := &depot{Scene: s, Taste: taste.New(s.Fill.Source("uploads")), limit: limit, refusal: refusal,
		seats: make([]*uploader, most), since: s.Log.Mark()}
	defer func() {
		if s.Hurry = false; s.Verdict != nil {
			d.Shorten(d.since, record.Say("%d uploads of all sorts went well, and then:", d.left))
		}
	}()
	s.NeedFiles(most)
	for steps := 0; d.left < n; steps++ {
		if steps%scene.Glances == 0 {
			s.Hurry = false
			s.HurryPastTimers(s.Main())
		}
		timed := s.Hurry
		if d.IntN(6) == 0 {
			d.sameMoment()
			s.Hurry = timed
			continue
		}
		d.step(d.IntN(most))
	}
	for i := range d.seats {
		for d.seats[i] != nil {
			d.step(i)
		}
	}
	s.Log.Rewind(d.since)
	s.Record(record.Event{Kind: record.Note,
		What: record.Say("%d uploads of all sorts have ended, of %d clients at a time", d.came, most)})
}

// step lets the client of seat i do one thing; where there is none, one comes.
func (d *depot) step(i int) {
	u := d.seats[i]
	if u == nil {
		d.come(i)
		return
	}
	if u.sent > d.limit && !u.late && !u.read {
		d.readRefusal(u)
		return
	}
	if n := d.piece(u); n > 0 {
		stream.Poured(d.Scene, u.Conn, u.data[u.sent:u.sent+n])
		u.sent += n
		return
	}
	d.seats[i] = nil
	d.finish(u)
}

// piece is how much u sends next: 0 when it has sent all that it will.
func (d *depot) piece(u *uploader) int {
	rest := len(u.data) - u.sent
	if u.end == resets && d.IntN(3) == 0 {
		return 0
	}
	return min(rest, d.Size(128<<10))
}

func (d *depot) come(i int) *uploader {
	name := scene.ClientName(d.came)
	d.came++
	u := drawUpload(d.Taste, d.limit)
	w := wire.Default
	if d.IntN(4) == 0 {
		w = wire.Small
	}
	u.Conn = d.Dial(name, w)
	d.seats[i] = u
	return u
}

func (d *depot) readRefusal(u *uploader) {
	stream.Recv(d.Scene, u.Conn, d.refusal)
	stream.Eof(d.Scene, u.Conn)
	u.read = true
}

// finish lets u end in its way, and leave.
func (d *depot) finish(u *uploader) {
	defer func() { d.left++ }()
	switch u.end {
	case resets:
		stream.Reset(d.Scene, u.Conn)
		if u.sent <= d.limit {
			programs.Tell(d.Scene, u.Conn, "reset", false)
		}
		return
	case closes:
		stream.CloseConn(d.Scene, u.Conn)
		return
	}
	u.CloseWrite()
	d.Record(record.Event{Conn: u.Name, Kind: record.OutFIN})
	d.reads(u)
}

// reads lets u, which has sent its FIN, read what it must get.
func (d *depot) reads(u *uploader) {
	switch {
	case u.sent > d.limit && !u.read:
		d.readRefusal(u)
	case u.sent <= d.limit:
		stream.Recv(d.Scene, u.Conn, payload.Sum(u.data[:u.sent]))
		stream.Eof(d.Scene, u.Conn)
	}
	u.Close()
}

// mostAtOnceUp is how much a client sends to a program that is stopped.
const mostAtOnceUp = 8 << 10

// sameMoment lets several clients do something while the program is stopped: a
// piece and an end, or a whole short life.
func (d *depot) sameMoment() {
	p := d.Main()
	d.Rest(p)
	if len(p.Look().PIDs) != 1 {
		return // several processes are not stopped at one moment
	}
	stream.Halt(d.Scene, p)
	d.Hurry = true
	var ended []*uploader
	for _, i := range d.Perm(len(d.seats))[:1+d.IntN(len(d.seats))] {
		if u := d.atOnceUp(i); u != nil {
			ended = append(ended, u)
		}
	}
	p.GoOn()
	d.Record(record.Event{Kind: record.Note, What: record.Say("the server goes on (SIGCONT)")})
	for _, u := range ended {
		d.reads(u)
	}
}

// atOnceUp returns the client of seat i when it has sent its FIN and left the seat.
func (d *depot) atOnceUp(i int) *uploader {
	u := d.seats[i]
	if u == nil {
		u = d.come(i)
	}
	if u.sent > d.limit {
		return nil // its refusal may be on its way
	}
	if n := min(len(u.data)-u.sent, d.limit-u.sent, 1+d.IntN(mostAtOnceUp)); n > 0 {
		stream.Poured(d.Scene, u.Conn, u.data[u.sent:u.sent+n])
		u.sent += n
	}
	if d.IntN(3) == 0 {
		return nil
	}
	d.seats[i] = nil
	switch u.end {
	case resets:
		stream.Reset(d.Scene, u.Conn)
	case closes:
		u.Close()
		d.Record(record.Event{Conn: u.Name, Kind: record.OutFIN, What: record.Say("FIN: %v closes", u.Name)})
	default:
		u.CloseWrite()
		d.Record(record.Event{Conn: u.Name, Kind: record.OutFIN})
		d.left++
		return u
	}
	d.left++
	return nil
}
