package stream

import (
	"bytes"
	"io"
	"time"

	"loopback/tools/base/record"
	"loopback/tools/engine/play/argument"
	"loopback/tools/engine/play/scene"
	"loopback/tools/engine/wire"
)

// partingCommands are about a program that has said all it wanted, and sent its
// FIN perhaps, while its peer has not.
var partingCommands = []scene.Command{{
	Name: "pour", Args: "NAME TEXT...", Group: "Ends",
	Summary: "send TEXT without reading; the program must take all of it, even when it has already sent its FIN",
	Detail:  "TEXT is as for send. What the program has sent back meanwhile is read by the next command.",
	Run:     scene.OnBytes(pour),
}, {
	Name: "endless", Args: "[-of TEXT] NAME MOST", Group: "Ends",
	Summary: "send without end; before MOST bytes have been sent the program must end the connection, in any way",
	Detail:  "What is sent is lines of 16 bytes, or TEXT over and over.",
	Run: func(s *scene.Scene, args []string) {
		set, args := argument.Flags(args, nil, []string{"-of"})
		argument.Exactly(2, args)
		piece := s.Fill.Pattern(endlessPiece)
		if set["-of"] != "" {
			one := s.Fill.Text(set["-of"])
			piece = bytes.Repeat(one, max(1, endlessPiece/len(one)))
		}
		endless(s, s.Conn(args[0]), piece, argument.Size(args[1]))
	},
}, {
	Name: "aborted", Args: "NAME TEXT...", Group: "Ends",
	Summary: "a part of TEXT may come, or all of it; then the program must end the connection with an RST, not a FIN",
	Run:     scene.OnBytes(Aborted),
}}

// pour writes data to a program that may have sent its FIN.
func pour(s *scene.Scene, c *wire.Conn, data []byte) {
	s.Rest(s.Owner(c))
	Poured(s, c, data)
}

// Poured is pour without the wait for rest.
func Poured(s *scene.Scene, c *wire.Conn, data []byte) {
	left, failed, end := Give(s, c, data)
	speaks(s)
	s.Record(record.Event{Conn: c.Name, Kind: record.Out, Data: data, Size: len(data) - left, Cut: left > 0})
	if failed != nil {
		shutOut(s, c, left)
	}
	Given(s, c, left, failed, end)
}

// shutOut judges that a program has reset a connection on which it was still
// being sent something.
func shutOut(s *scene.Scene, c *wire.Conn, left int) {
	p := s.Owner(c)
	s.Hurry = false // whether it has ended, too, must be known
	s.Rest(p)
	v := record.Verdict{Code: record.Reset, Evidence: s.Gather(c, p)}
	s.Log.Add(record.Event{Conn: c.Name, Kind: record.InRST})
	s.Trouble(c.Name, "%s still had %s to send", c.Name, record.Amount(left))
	v.What = record.Say("the %s's side reset the connection (RST) while %s was still sending; what the %s had sent "+
		"and %s's kernel not yet taken is lost", s.Kind(), c.Name, s.Kind(), c.Name)
	if st, _ := p.Proc.Status(); p.Gone() && st.Code != 0 {
		s.Dead(p, v)
	}
	if !p.Gone() {
		s.Locate(p, &v)
	}
	s.Fail(v)
}

// endlessPiece is how much of an endless upload is sent at a time.
const endlessPiece = 64 << 10

// endless sends piece over and over, until c is reset, or most bytes have been sent.
func endless(s *scene.Scene, c *wire.Conn, piece []byte, most int) {
	p, sent, cut := s.Owner(c), 0, false
	s.Rest(p)
	end := s.Await(p, nil, func(d time.Duration) scene.Progress {
		n, err := c.Write(piece, d)
		sent += n
		switch {
		case err == wire.ErrReset:
			cut = true
			return scene.Done
		case sent >= most:
			return scene.Done
		case n > 0:
			return scene.Moved
		}
		return scene.Nothing
	})
	s.Record(record.Event{Conn: c.Name, Kind: record.Out, What: record.Say("%s sends without end", c.Name)})
	switch {
	case cut:
		s.Record(record.Event{Conn: c.Name, Kind: record.InRST})
		c.Close()
		return
	case end == scene.Happened:
		s.RejectAt(p, c.Name, record.Say("it takes more and more"), record.Verdict{Code: record.Wait,
			Evidence: s.Gather(c, p),
			What: record.Say("%s has sent %s more, and the %s has not ended the connection", c.Name,
				record.Bytes(most), s.Kind())})
	}
	s.Judge(p, end, scene.Owes{Code: record.Wait, Conn: c,
		What: record.Say("it takes no more, and does not end the connection")})
}

// Aborted reads what comes, which must be a part of want, and then an RST.
func Aborted(s *scene.Scene, c *wire.Conn, want []byte) {
	p := s.Owner(c)
	got, failed, end := Read(s, p, c, len(want)+1)
	if len(got) > 0 {
		s.Record(record.Event{Conn: c.Name, Kind: record.In, Data: got, Size: len(got), Cut: true})
	}
	if !bytes.HasPrefix(want, got) {
		Compare(s, c, want, got, nil, scene.Happened)
	}
	switch failed {
	case nil:
		s.Judge(p, end, scene.Owes{Code: record.Silence, Conn: c, What: record.Say("it has not closed the connection")})
	case io.EOF:
		s.Log.Add(record.Event{Conn: c.Name, Kind: record.InFIN})
		what := record.Say("the %s ended the connection with a FIN, after a reply that is not whole: %s cannot tell "+
			"it from one that is", s.Kind(), c.Name)
		if len(want) == 0 {
			what = record.Say("the %s ended the connection with a FIN: %s cannot know that anything has failed",
				s.Kind(), c.Name)
		}
		s.RejectAt(p, c.Name, record.Say("a FIN says that this was all"), record.Verdict{Code: record.EarlyEOF,
			Evidence: s.Gather(c, p), What: what})
	default:
		s.Record(record.Event{Conn: c.Name, Kind: record.InRST})
	}
}
