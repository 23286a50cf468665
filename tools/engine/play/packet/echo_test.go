package packet

import "testing"

// A made request, and its answer, are in good order.
func TestEchoPackets(t *testing.T) {
	for _, least := range []uint16{0, 0xf800} {
		for size := range 70 {
			p := echoOf(make([]byte, size), least)
			a := echoAnswer(p)
			if internetChecksum(p[:20]) != 0 || internetChecksum(p[20:]) != 0 || get16(p[22:]) < least ||
				int(get16(p[2:])) != len(p) {
				t.Errorf("%d bytes, at least %#x: the request is %x", size, least, p)
			}
			if internetChecksum(a[:20]) != 0 || internetChecksum(a[20:]) != 0 || a[20] != 0 ||
				string(a[28:]) != string(p[28:]) {
				t.Errorf("%d bytes, at least %#x: the answer is %x", size, least, a)
			}
		}
	}
	if a := echoAnswer([]byte{0x45, 0, 0, 20}); a != nil {
		t.Errorf("%x", a)
	}
}
