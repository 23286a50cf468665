package packet

import (
	"fmt"
	"slices"
)

// When something is spoilt: in the fields, or in how much there is, before sums
// are made; in the sum of the message, then that of the header is made again; or
// in the packet as it is.
const (
	inFields = iota
	inLength
	inSums
	inTransit
)

// A packetSpoil makes something special of a packet. Do returns words for it, or
// "" where it could not.
type packetSpoil struct {
	name  string
	stage int
	of    []byte // the protocols that it is for; nil: all
	do    func(d dealer, c *craft) string
}

func (s packetSpoil) suits(protocol byte) bool { return s.of == nil || slices.Contains(s.of, protocol) }

var (
	withSum    = []byte{protocolICMP, protocolTCP, protocolUDP}
	withPseudo = []byte{protocolTCP, protocolUDP}
	onlyICMP   = []byte{protocolICMP}
	onlyTCP    = []byte{protocolTCP}
	onlyUDP    = []byte{protocolUDP}
)

// Spoils of the IPv4 header, and of the packet as a whole.
var ipSpoils = []packetSpoil{
	{"reserved", inFields, nil, func(_ dealer, c *craft) string {
		c.p[6] |= 0x80
		return "the first of the three flags of IPv4 is set"
	}},
	{"fragment", inFields, nil, dealer.fragment},
	{"high-offset", inFields, nil, func(d dealer, c *craft) string {
		offset := (1 + d.IntN(31)) << 8
		put16(c.p[6:], get16(c.p[6:])&^0x3fff|uint16(offset))
		return fmt.Sprintf("it is the last part of a packet, from byte %d on", offset*8)
	}},
	{"version", inFields, nil, func(d dealer, c *craft) string {
		c.p[0] = c.p[0]&15 | byte(5+d.IntN(15))<<4
		return fmt.Sprintf("its version is %d", c.p[0]>>4)
	}},
	{"header-length", inFields, nil, func(d dealer, c *craft) string {
		c.p[0] = c.p[0]&0xf0 | byte(d.IntN(16))
		return fmt.Sprintf("it says that its IPv4 header has %d bytes, and it was made with %d", int(c.p[0]&15)*4,
			c.header)
	}},
	{"total", inFields, nil, dealer.total},
	{"two-lengths", inFields, nil, func(d dealer, c *craft) string {
		n := len(c.p)
		c.p[0] = c.p[0]&0xf0 | byte(d.IntN(5))
		put16(c.p[2:], uint16(n+1+d.IntN(300)))
		return fmt.Sprintf("it says that its IPv4 header has %d bytes, "+
			"and that it has %d in all, of which %d are there",
			int(c.p[0]&15)*4, get16(c.p[2:]), n)
	}},
	{"cut", inTransit, nil, func(d dealer, c *craft) string {
		n := len(c.p)
		c.p = c.p[:d.IntN(max(n, 1))]
		return fmt.Sprintf("it was cut off: of %d bytes the first %d have come", n, len(c.p))
	}},
	{"scrap", inTransit, nil, func(d dealer, c *craft) string {
		c.p = c.p[:min(len(c.p), 1+d.IntN(19))]
		c.p[0] = c.p[0]&15 | byte(5+d.IntN(15))<<4
		return fmt.Sprintf("%d bytes were read, and the first of them says version %d", len(c.p), c.p[0]>>4)
	}},
	{"behind", inTransit, nil, func(d dealer, c *craft) string {
		more := d.some(1 + d.IntN(30))
		c.p = append(c.p, more...)
		return fmt.Sprintf("%d bytes more than the packet has were read", len(more))
	}},
	{"header-sum", inTransit, nil, dealer.headerSum},
	{"bit", inTransit, nil, func(d dealer, c *craft) string {
		if len(c.p) == 0 {
			return ""
		}
		at := d.IntN(len(c.p) * 8)
		c.p[at/8] ^= 0x80 >> (at % 8)
		return fmt.Sprintf("in byte %d a bit was turned round on the way", at/8)
	}},
	{"byte", inTransit, nil, func(d dealer, c *craft) string {
		if len(c.p) == 0 {
			return ""
		}
		at := d.IntN(len(c.p))
		c.p[at] = byte(d.number())
		return fmt.Sprintf("byte %d was replaced by 0x%02x on the way", at, c.p[at])
	}},
}

// Spoils of what the packet carries.
var messageSpoils = []packetSpoil{
	{"rsrvd", inFields, onlyTCP, func(d dealer, c *craft) string {
		c.data()[12] |= byte(1 + d.IntN(15))
		return fmt.Sprintf("the four bits beside the data offset of TCP are not 0: byte 12 is 0x%02x", c.data()[12])
	}},
	{"congestion", inFields, onlyTCP, func(d dealer, c *craft) string {
		c.data()[13] |= byte(1+d.IntN(3)) << 6
		return fmt.Sprintf("ECE or CWR is set, or both: byte 13 of TCP is 0x%02x", c.data()[13])
	}},
	{"offset", inFields, onlyTCP, func(d dealer, c *craft) string {
		c.data()[12] = c.data()[12]&15 | byte(d.IntN(16))<<4
		return fmt.Sprintf("TCP says that its header has %d bytes, of %d in the segment", int(c.data()[12]>>4)*4,
			len(c.data()))
	}},
	{"udp-length", inFields, onlyUDP, func(d dealer, c *craft) string {
		n := len(c.data())
		lengths := []int{d.IntN(8), 7, 8, n - 1, n + 1, 8 + d.IntN(n-7), 8 + d.IntN(n-7), n + d.IntN(9), 0xffff}
		put16(c.data()[4:], uint16(lengths[d.IntN(len(lengths))]))
		return fmt.Sprintf("UDP says that it has %d bytes, of %d in the packet", get16(c.data()[4:]), n)
	}},
	{"code", inFields, onlyICMP, func(d dealer, c *craft) string {
		if c.data()[1] = byte(1 + d.IntN(255)); c.data()[0] != 0 {
			c.data()[0] = 8
		}
		return fmt.Sprintf("the code of the echo message is %d", c.data()[1])
	}},
	{"type", inFields, onlyICMP, func(d dealer, c *craft) string {
		c.data()[0] = byte(d.IntN(256))
		return fmt.Sprintf("the type of the message is %d", c.data()[0])
	}},
	{"short", inLength, withSum, func(d dealer, c *craft) string {
		n := d.IntN(map[byte]int{protocolTCP: 20}[c.protocol()] + 8)
		c.p, c.message = c.p[:c.header+min(n, len(c.data()))], c.header+min(n, len(c.data()))
		put16(c.p[2:], uint16(len(c.p)))
		return fmt.Sprintf("the packet is whole and carries %d bytes only", len(c.data()))
	}},
	{"sum-is-zero", inSums, withSum, dealer.sumIsZero},
	{"field-is-zero", inSums, withSum, func(_ dealer, c *craft) string { return c.setField(0) }},
	{"field-is-ones", inSums, withSum, func(_ dealer, c *craft) string { return c.setField(0xffff) }},
	{"partial", inSums, withSum, dealer.partial},
	{"partial-and-right", inSums, withPseudo, dealer.partialAndRight},
	{"no-pseudo", inSums, withPseudo, func(_ dealer, c *craft) string {
		field, ok := c.field()
		if !ok {
			return ""
		}
		put16(field, c.bare(nil))
		return "its checksum was made without the pseudo header"
	}},
	{"sum", inSums, withSum, func(d dealer, c *craft) string {
		field, ok := c.field()
		if !ok {
			return ""
		}
		put16(field, get16(field)^1<<d.IntN(16))
		return "the checksum of its message is wrong in one bit"
	}},
	{"stray", inSums, withSum, func(d dealer, c *craft) string {
		c.p[12+d.IntN(8)] ^= 1 << d.IntN(8)
		return "an address was changed after the checksum of its message was made, and that of the header then mended"
	}},
}

func (d dealer) fragment(c *craft) string {
	offset, more := []int{0, 1 + d.IntN(7), 1 << d.IntN(13), 1 + d.IntN(0x1fff)}[d.IntN(4)], 0
	if offset == 0 || d.IntN(2) == 0 {
		more = 0x2000
	}
	put16(c.p[6:], get16(c.p[6:])&^0x3fff|uint16(more|offset))
	end := "the last part"
	if more != 0 {
		end = "a part"
	}
	return fmt.Sprintf("it is %s of a packet, from byte %d on", end, offset*8)
}

func (d dealer) total(c *craft) string {
	n := len(c.p)
	totals := []int{0, 19, c.header - 1, c.header, n - 1, n + 1, d.IntN(n + 1), d.IntN(c.header), c.header +
		d.IntN(n-c.header+1), n + d.IntN(300), 0xffff}
	put16(c.p[2:], uint16(totals[d.IntN(len(totals))]))
	return fmt.Sprintf("it says that it has %d bytes in all, and it has %d", get16(c.p[2:]), n)
}

func (d dealer) headerSum(c *craft) string {
	if len(c.p) < 20 {
		return ""
	}
	right := get16(c.p[10:])
	sums := []uint16{0, 0xffff, ^right, right + 1, right - 1, right ^ 1<<d.IntN(16), right<<8 | right>>8}
	put16(c.p[10:], sums[d.IntN(len(sums))])
	return fmt.Sprintf("its header checksum is 0x%04x, and 0x%04x was right", get16(c.p[10:]), right)
}

// setField writes a checksum that fits by chance only.
func (c *craft) setField(sum uint16) string {
	field, ok := c.field()
	if !ok {
		return ""
	}
	put16(field, sum)
	return fmt.Sprintf("the checksum field of its message is 0x%04x, whatever its sum is", sum)
}

// sumIsZero makes a message whose checksum is 0, and writes it as 0 or as ones.
func (d dealer) sumIsZero(c *craft) string {
	field, ok := c.field()
	if !ok || len(c.data()) < 8 {
		return ""
	}
	free := c.free()
	put16(free, 0)
	put16(free, c.bare(c.pseudo()))
	put16(field, uint16(d.IntN(2))*0xffff)
	return fmt.Sprintf("the sum of its message is 0, and its checksum field is 0x%04x", get16(field))
}

// pseudoSum is the sum of a pseudo header, not complemented.
func (c *craft) pseudoSum() uint16 {
	n := len(c.claimed())
	return ^internetChecksum(slices.Concat(c.p[12:20], []byte{0, c.protocol(), byte(n >> 8), byte(n)}))
}

func (d dealer) partial(c *craft) string {
	field, ok := c.field()
	sum := c.pseudoSum()
	if !ok || sum == 0xffff {
		return ""
	}
	put16(field, sum)
	return "its checksum field is the sum of a pseudo header, not complemented"
}

// partialAndRight makes a message whose right checksum is what a card would have
// been left with.
func (d dealer) partialAndRight(c *craft) string {
	field, ok := c.field()
	sum := c.pseudoSum()
	if !ok || sum == 0xffff || len(c.data()) < 8 {
		return ""
	}
	free := c.free()
	put16(free, 0)
	put16(field, sum)
	put16(free, internetChecksum(slices.Concat(c.pseudo(), c.claimed())))
	return "its checksum field is the sum of the pseudo header, and the sum over everything is 0 as well"
}

// free is the part of a message that makes its sum what it should be.
func (c *craft) free() []byte {
	return c.data()[map[byte]int{protocolICMP: 6, protocolTCP: 6, protocolUDP: 0}[c.protocol()]:][:2]
}
