package secure

import (
	"bytes"
	"crypto/tls"
	"fmt"
	"math/rand/v2"

	"loopback/tools/base/record"
	"loopback/tools/engine/play/argument"
	"loopback/tools/engine/play/scene"
	"loopback/tools/engine/play/stream"
	"loopback/tools/engine/wire"
)

var callerCommands = []scene.Command{{
	Name: "callers", Args: "HOST COUNT", Group: "TLS",
	Summary: "COUNT clients, drawn from the seed, of all sorts, some at a time; those that speak TLS 1.3 must get " +
		"their bytes back and a close_notify, and the others the end of their connection",
	Detail: "It is for servers that echo. Good ones shake hands for HOST, send pieces of special and odd sizes, and " +
		"end with a close_notify, a FIN without one, an RST, or inside a record. The others speak an old version, or " +
		"no TLS at all, or say the beginning of a ClientHello and end, with a FIN or an RST.",
	Run: func(s *scene.Scene, args []string) {
		argument.Exactly(2, args)
		callers(s, args[0], argument.Count(args[1]))
	},
}}

// A talker is one client of callers that has shaken hands.
type talker struct {
	*wire.Conn
	rounds int // how often it will still send something
}

// A switchboard is all of them.
type switchboard struct {
	*scene.Scene
	from  *rand.Rand
	host  string
	seats []*talker
	came  int
}

// mostCallers is how many good ones are there at a time.
const mostCallers = 4

func callers(s *scene.Scene, host string, n int) {
	b := &switchboard{Scene: s, from: s.Fill.Source("callers"), host: host}
	s.NeedFiles(n)
	mark := s.Log.Mark()
	for b.came < n || len(b.seats) > 0 {
		if b.came < n && (len(b.seats) == 0 || len(b.seats) < mostCallers && b.from.IntN(3) > 0) {
			b.comes()
		} else {
			b.goesOn(b.from.IntN(len(b.seats)))
		}
		if len(b.seats) == 0 { // nothing of what was is needed to understand what comes
			s.Log.Rewind(mark)
			s.Record(record.Event{Kind: record.Note,
				What: record.Say("%d of %d callers got what they should", b.came, n)})
		}
	}
}

// comes lets a caller come. Half of them are good.
func (b *switchboard) comes() {
	b.came++
	c := b.Dial(fmt.Sprintf("T%02d", b.came), wire.Default)
	switch b.from.IntN(8) {
	case 0:
		stream.Send(b.Scene, c, notTLS[b.from.IntN(len(notTLS))])
		turnedDown(b.Scene, c)
		c.Reset()
	case 1:
		stream.Send(b.Scene, c, halfHello[:1+b.from.IntN(len(halfHello)-1)])
		b.leaves(c, b.from.IntN(2) == 0)
	case 2:
		b.leaves(c, b.from.IntN(2) == 0)
	case 3:
		shake(b.Scene, c, terms{host: b.host, roots: issuer(b.Scene, ""), max: tls.VersionTLS12, refused: true})
		c.Reset()
	default:
		shake(b.Scene, c, terms{host: b.host, roots: issuer(b.Scene, "")})
		b.seats = append(b.seats, &talker{c, 1 + b.from.IntN(3)})
	}
}

// notTLS is what other clients say first; halfHello is how a ClientHello begins.
var (
	notTLS = [][]byte{[]byte("GET / HTTP/1.0\r\n\r\n"), []byte("SSH-2.0-caller\r\n"), []byte("hello, hello\n"),
		bytes.Repeat([]byte{0}, 64)}
	halfHello = []byte("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03 and then nothing more of what it was to be")
)

// leaves ends a connection on which no handshake came about.
func (b *switchboard) leaves(c *wire.Conn, fin bool) {
	if !fin {
		stream.Reset(b.Scene, c)
		return
	}
	stream.CloseWrite(b.Scene, c)
	turnedDown(b.Scene, c)
	c.Reset()
}

// goesOn lets the caller in a seat send something, or end.
func (b *switchboard) goesOn(seat int) {
	c := b.seats[seat]
	if c.rounds--; c.rounds >= 0 {
		data := b.Fill.Pattern(b.someSize())
		stream.Echoed(b.Scene, c.Conn, data)
		return
	}
	b.seats = append(b.seats[:seat:seat], b.seats[seat+1:]...)
	switch b.from.IntN(5) {
	case 0:
		stream.Reset(b.Scene, c.Conn)
	case 1:
		c.Bare()
		stream.CloseWrite(b.Scene, c.Conn)
		turnedDown(b.Scene, c.Conn)
		c.Reset()
	case 2:
		c.Bare()
		stream.Send(b.Scene, c.Conn, cutRecord)
		stream.CloseWrite(b.Scene, c.Conn)
		turnedDown(b.Scene, c.Conn)
		c.Reset()
	default:
		stream.CloseWrite(b.Scene, c.Conn)
		stream.Eof(b.Scene, c.Conn)
		c.Close()
	}
}

// cutRecord is the beginning of a record.
var cutRecord = []byte("\x17\x03\x03\x00\x40cut off")

// someSize draws a size: small, near that of a record, or odd.
func (b *switchboard) someSize() int {
	switch b.from.IntN(3) {
	case 0:
		return 1 + b.from.IntN(40)
	case 1:
		return mostInRecord - 1 + b.from.IntN(3)
	}
	return 1 + b.from.IntN(5*mostInRecord)
}

// mostInRecord is how many bytes of data a record holds (RFC 8446 §5.1).
const mostInRecord = 1 << 14
