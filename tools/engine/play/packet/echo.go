package packet

import (
	"bytes"
	"encoding/hex"
	"errors"
	"strings"

	"loopback/tools/engine/play/argument"
	"loopback/tools/engine/play/scene"
)

// echoPacket reads the packet that an argument of replies stands for.
func echoPacket(s *scene.Scene, arg string) ([]byte, error) {
	if n, ok := strings.CutPrefix(arg, "ping:"); ok {
		return echoOf(s.Fill.Pattern(argument.Size(n)), 0), nil
	}
	if n, ok := strings.CutPrefix(arg, "carry:"); ok {
		return echoOf(s.Fill.Pattern(argument.Size(n)), 0xf800), nil
	}
	p, err := hex.DecodeString(arg)
	if err == nil && len(p) == 0 {
		err = errors.New("it is empty")
	}
	return p, err
}

// echoOf builds an IPv4 packet with an echo request that carries data. Its
// sequence number is such that the ICMP checksum is at least this; the two
// numbers that stand for zero are left out.
func echoOf(data []byte, least uint16) []byte {
	p := append([]byte{0x45, 0, 0, 0, 0x1c, 0x46, 0x40, 0, 64, 1, 0, 0, 192, 0, 2, 1, 198, 51, 100, 7, 8, 0,
		0, 0, 0x12, 0x34, 0, 0}, data...)
	put16(p[2:], uint16(len(p)))
	put16(p[10:], internetChecksum(p[:20]))
	m := p[20:]
	for seq := range uint16(0xffff) {
		put16(m[6:], seq)
		put16(m[2:], 0)
		sum := internetChecksum(m)
		if after := sum + 0x0800; sum >= least && sum != 0 && sum != 0xffff && after != 0 && after != 0xffff {
			put16(m[2:], sum)
			break
		}
	}
	return p
}

// echoAnswer returns the packet that answers the request p: RFC 792.
func echoAnswer(p []byte) []byte {
	if len(p) < 20 || int(get16(p[2:])) > len(p) || int(p[0]&15)*4+8 > int(get16(p[2:])) {
		return nil
	}
	a := bytes.Clone(p[:get16(p[2:])])
	copy(a[12:16], p[16:20])
	copy(a[16:20], p[12:16])
	m := a[int(a[0]&15)*4:]
	m[0] = 0
	put16(m[2:], 0)
	put16(m[2:], internetChecksum(m))
	return a
}
