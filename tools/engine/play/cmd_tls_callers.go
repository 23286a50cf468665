package play

import (
	"bytes"
	"crypto/tls"
	"fmt"
	"math/rand/v2"

	"loopback/tools/base/record"
	"loopback/tools/engine/wire"
)

var callerCommands = []Command{{
	Name: "callers", Args: "HOST COUNT", Group: "TLS",
	Summary: "COUNT clients, drawn from the seed, of all sorts, some at a time; those that speak TLS 1.3 must get " +
		"their bytes back and a close_notify, and the others the end of their connection",
	Detail: "It is for servers that echo. Good ones shake hands for HOST, send pieces of special and odd sizes, and " +
		"end with a close_notify, a FIN without one, an RST, or inside a record. The others speak an old version, " +
		"or no TLS at all, or say the beginning of a ClientHello and end, by a FIN or an RST.",
	run: func(s *scene, args []string) {
		exactly(2, args)
		s.callers(args[0], count(args[1]))
	},
}}

// A talker is one client of callers that has shaken hands.
type talker struct {
	*wire.Conn
	rounds int // how often it will still send something
}

// A switchboard is all of them.
type switchboard struct {
	*scene
	from  *rand.Rand
	host  string
	seats []*talker
	came  int
}

// mostCallers is how many good ones are there at a time.
const mostCallers = 4

func (s *scene) callers(host string, n int) {
	b := &switchboard{scene: s, from: s.fill.source("callers"), host: host}
	s.needFiles(n)
	mark := s.log.Mark()
	for b.came < n || len(b.seats) > 0 {
		if b.came < n && (len(b.seats) == 0 || len(b.seats) < mostCallers && b.from.IntN(3) > 0) {
			b.comes()
		} else {
			b.goesOn(b.from.IntN(len(b.seats)))
		}
		if len(b.seats) == 0 { // nothing of what was is needed to understand what comes
			s.log.Rewind(mark)
			s.record(record.Event{Kind: record.Note,
				What: record.Say("%d of %d callers got what they should", b.came, n)})
		}
	}
}

// comes lets a caller come. Half of them are good.
func (b *switchboard) comes() {
	b.came++
	c := b.dial(fmt.Sprintf("T%02d", b.came), wire.Default)
	switch b.from.IntN(8) {
	case 0:
		b.send(c, notTLS[b.from.IntN(len(notTLS))])
		b.turnedDown(c)
		c.Reset()
	case 1:
		b.send(c, halfHello[:1+b.from.IntN(len(halfHello)-1)])
		b.leaves(c, b.from.IntN(2) == 0)
	case 2:
		b.leaves(c, b.from.IntN(2) == 0)
	case 3:
		b.shake(c, terms{host: b.host, roots: b.issuer(""), max: tls.VersionTLS12, refused: true})
		c.Reset()
	default:
		b.shake(c, terms{host: b.host, roots: b.issuer("")})
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
		b.reset(c)
		return
	}
	b.closeWrite(c)
	b.turnedDown(c)
	c.Reset()
}

// goesOn lets the caller in a seat send something, or end.
func (b *switchboard) goesOn(seat int) {
	c := b.seats[seat]
	if c.rounds--; c.rounds >= 0 {
		data := b.fill.pattern(b.someSize())
		b.echoed(c.Conn, data)
		return
	}
	b.seats = append(b.seats[:seat:seat], b.seats[seat+1:]...)
	switch b.from.IntN(5) {
	case 0:
		b.reset(c.Conn)
	case 1:
		c.Bare()
		b.closeWrite(c.Conn)
		b.turnedDown(c.Conn)
		c.Reset()
	case 2:
		c.Bare()
		b.send(c.Conn, cutRecord)
		b.closeWrite(c.Conn)
		b.turnedDown(c.Conn)
		c.Reset()
	default:
		b.closeWrite(c.Conn)
		b.eof(c.Conn)
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
