package packet

import (
	"math/rand/v2"
	"slices"
	"strings"

	"loopback/tools/engine/play/payload"
)

// A drawnPacket is a packet that the seed has made, and what is special in it.
type drawnPacket struct {
	bytes   []byte
	special []trait
}

// A trait is something special in a packet: a name for causes and hints, and words
// for a report.
type trait struct{ name, words string }

// what says what is special, in words.
func (d drawnPacket) what() string {
	var all []string
	for _, t := range d.special {
		all = append(all, t.words)
	}
	if len(all) == 0 {
		return "nothing is special in it"
	}
	return strings.Join(all, "; ")
}

// name is that of the first trait, or "plain".
func (d drawnPacket) name() string {
	if len(d.special) == 0 {
		return "plain"
	}
	return d.special[0].name
}

// A dealer draws packets.
type dealer struct{ *rand.Rand }

// number draws one of 16 bits. Those at the edges of bytes come often.
func (d dealer) number() uint16 {
	edges := []uint16{0, 1, 0xff, 0x100, 0x7fff, 0x8000, 0xff00, 0xfffe, 0xffff}
	if d.IntN(4) == 0 {
		return edges[d.IntN(len(edges))]
	}
	return uint16(d.IntN(1 << 16))
}

// some draws n bytes: of any value, all ones, or letters.
func (d dealer) some(n int) []byte {
	b, kind := make([]byte, n), d.IntN(4)
	for i := range b {
		switch kind {
		case 0:
			b[i] = 0xff
		case 1:
			b[i] = byte('a' + d.IntN(26))
		default:
			b[i] = byte(d.IntN(256))
		}
	}
	return b
}

// size draws how many bytes a message carries.
func (d dealer) size() int {
	switch d.IntN(8) {
	case 0:
		return 0
	case 1:
		return 25 + d.IntN(100)
	}
	return d.IntN(25)
}

// options draws some of a header's options, each of them four bytes or eight.
func (d dealer) options(of ...string) (all []byte) {
	if d.IntN(2) == 0 {
		return nil
	}
	most := 4 * (1 + d.IntN(10))
	for len(all) < most {
		if next := of[d.IntN(len(of))]; len(all)+len(next) <= most {
			all = append(all, next...)
		}
	}
	return all
}

// A craft is a packet that is being made. Its parts are where they are; what its
// fields say of them may be something else.
type craft struct {
	p       []byte
	header  int // how long its IPv4 header is
	message int // where what it carries ends
}

// protocol is the one of the message that was made.
func (c *craft) protocol() byte { return c.p[9] }

func (c *craft) data() []byte { return c.p[c.header:c.message] }

// claimed is the part of the message that its own length names.
func (c *craft) claimed() []byte {
	m := c.data()
	if c.protocol() == protocolUDP && len(m) >= 8 {
		if n := int(get16(m[4:])); n >= 8 && n <= len(m) {
			return m[:n]
		}
	}
	return m
}

// field is the checksum field of the message, if it has one.
func (c *craft) field() (field []byte, ok bool) { return sumField(c.protocol(), c.data()) }

// bare is the checksum of the message with its field as zero and these bytes before it.
func (c *craft) bare(before []byte) uint16 {
	field, ok := c.field()
	if !ok {
		return 0
	}
	old := get16(field)
	defer put16(field, old)
	put16(field, 0)
	return internetChecksum(slices.Concat(before, c.claimed()))
}

func (c *craft) pseudo() []byte { return pseudoHeader(c.p, len(c.claimed())) }

// sumMessage makes the checksum of the message right.
func (c *craft) sumMessage() {
	field, ok := c.field()
	if !ok {
		return
	}
	sum := c.bare(c.pseudo())
	if sum == 0 && c.protocol() == protocolUDP {
		sum = 0xffff
	}
	put16(field, sum)
}

// sumHeader makes the checksum of the header right, for as many bytes as it says
// that it has.
func (c *craft) sumHeader() {
	n := int(c.p[0]&15) * 4
	if n < 20 || n > len(c.p) {
		n = c.header
	}
	put16(c.p[10:], 0)
	put16(c.p[10:], internetChecksum(c.p[:n]))
}

// carrying draws a packet in which nothing is special. Its sums are not made yet.
func (d dealer) carrying(protocol byte, message []byte) *craft {
	const dontFragment = 0x4000
	header := slices.Concat(make([]byte, 20), d.options("\x01\x01\x01\x00", "\x94\x04\x00\x00", "\x01\x01\x01\x01",
		"\x07\x07\x04\x00\x00\x00\x00\x00", "\x44\x08\x05\x00\x00\x00\x00\x00"))
	header[0] = byte(4<<4 | len(header)/4)
	header[1] = byte(d.number())
	put16(header[2:], uint16(len(header)+len(message)))
	put16(header[4:], d.number())
	put16(header[6:], uint16(d.IntN(2))*dontFragment)
	header[8], header[9] = byte(d.number()), protocol
	for i := range header[12:20] {
		header[12+i] = byte(d.IntN(256))
	}
	return &craft{slices.Concat(header, message), len(header), len(header) + len(message)}
}

// message draws one of a protocol, without its checksum.
func (d dealer) message(protocol byte) []byte {
	data := d.some(d.size())
	switch protocol {
	case protocolICMP:
		kinds := []byte{8, 8, 0, 0, 3, 11, 13, 255}
		return d.icmp(kinds[d.IntN(len(kinds))], data)
	case protocolTCP:
		options := d.options("\x02\x04\x05\xb4", "\x01\x01\x04\x02", "\x01\x03\x03\x07", "\x00\x00\x00\x00",
			"\x01\x01\x08\x0a\x00\x01\x02\x03\xff\xfe\xfd\xfc")
		m := slices.Concat(make([]byte, 20), options, data)
		for _, at := range []int{0, 2, 4, 6, 8, 10, 14, 18} {
			put16(m[at:], d.number())
		}
		m[12], m[13] = byte(20+len(options))<<2, byte(d.IntN(sixFlags+1))
		return m
	case protocolUDP:
		m := append(make([]byte, 8), data...)
		put16(m, d.number())
		put16(m[2:], d.number())
		put16(m[4:], uint16(len(m)))
		return m
	}
	return data
}

// icmp draws a message of this type. Errors have a code.
func (d dealer) icmp(kind byte, data []byte) []byte {
	m := append(make([]byte, 8), data...)
	if m[0] = kind; kind != 8 && kind != 0 {
		m[1] = byte(d.IntN(16))
	}
	put16(m[4:], d.number()|1) // never a message of zeros alone, whose sum is written in two ways
	put16(m[6:], d.number())
	return m
}

// deal draws a packet with these spoils, and of a protocol that all of them
// can be in.
func (d dealer) deal(of []byte, spoils ...packetSpoil) drawnPacket {
	var fit []byte
	for _, protocol := range of {
		if !slices.ContainsFunc(spoils, func(s packetSpoil) bool { return !s.suits(protocol) }) {
			fit = append(fit, protocol)
		}
	}
	if len(fit) == 0 {
		return d.deal(of, spoils[0])
	}
	protocol := fit[d.IntN(len(fit))]
	c := d.carrying(protocol, d.message(protocol))
	var special []trait
	for stage := inFields; stage <= inTransit; stage++ {
		for _, s := range spoils {
			if s.stage != stage {
				continue
			}
			if words := s.do(d, c); words != "" {
				special = append(special, trait{s.name, words})
			}
		}
		switch stage {
		case inLength:
			c.sumMessage()
			c.sumHeader()
		case inSums:
			c.sumHeader()
		}
	}
	return drawnPacket{c.p, special}
}

// An echoCall is what the program is asked to make a request of.
type echoCall struct {
	trait
	id, seq uint16
	text    string
}

// echoCalls draws n of them.
func (d dealer) echoCalls(n int) (all []echoCall) {
	for i := range n {
		c := echoCall{trait{"echo", "nothing is special in it"}, d.number(), d.number(), payload.WordOf(1+d.IntN(60),
			d.Rand)}
		switch i {
		case 0:
			c.trait = trait{"sum-is-zero", "the checksum of this message is 0"}
			c.seq = get16(echoMessage(c.id, 0, []byte(c.text))[2:])
		case 1:
			c.trait = trait{"carries", "its sum has carries, and these carry again"}
			c.text += "words" // enough for a carry
			c.seq = ^plainSum(echoMessage(c.id, 0, []byte(c.text)))
		case 2:
			c.trait, c.text = trait{"empty", "it has no text"}, ""
		case 3:
			c.trait, c.text = trait{"long", "it has a long text"}, payload.WordOf(1501+d.IntN(1000), d.Rand)
		}
		all = append(all, c)
	}
	return all
}

// plainSum is the sum of a message, with its checksum as zero, without the
// carries out of 16 bits.
func plainSum(m []byte) (sum uint16) {
	put16(m[2:], 0)
	for i := range m {
		sum += uint16(m[i]) << (8 * (1 - i%2))
	}
	return sum
}
