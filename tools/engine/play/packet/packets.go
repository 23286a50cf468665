package packet

import (
	"encoding/binary"

	"loopback/tools/base/record"
	"loopback/tools/engine/play/scene"
)

// internetChecksum is the sum of RFC 1071 over all of data; it is 0 over data
// whose own checksum is right.
func internetChecksum(data []byte) uint16 {
	sum := uint32(0)
	for i := 0; i+1 < len(data); i += 2 {
		sum += uint32(get16(data[i:]))
	}
	if len(data)%2 == 1 {
		sum += uint32(data[len(data)-1]) << 8
	}
	for sum > 0xffff {
		sum = sum>>16 + sum&0xffff
	}
	return ^uint16(sum)
}

func get16(b []byte) uint16 { return binary.BigEndian.Uint16(b) }

func put16(b []byte, v uint16) { binary.BigEndian.PutUint16(b, v) }

func packetsOf(s *scene.Scene) *packets { return scene.Of[packets](s) }

// Name adds what the ids of pings are called.
func (k *packets) Name(n *record.Names) {
	if k.ids != nil {
		n.Words = k.ids
	}
}

// take looks for an echo request among the messages that have come.
func (k *packets) take() bool {
	for {
		m, ok := k.next()
		if !ok {
			return false
		}
		if m[0] == 8 {
			k.request = m
			return true
		}
	}
}
