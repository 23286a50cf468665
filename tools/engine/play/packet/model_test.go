package packet

import (
	"encoding/hex"
	"slices"
	"strings"
	"testing"

	"loopback/tools/engine/play/payload"
)

// What the model says of packets whose lines are known from elsewhere.
func TestPacketLines(t *testing.T) {
	for _, c := range []struct{ packet, line string }{
		{"", "ip: truncated"},
		{"650000281c4640004006124ec0000201c63364079c400050000003e8000000005002ffff232e0000", "ip: not version 4"},
		{"440000141c4640004006324ec0000201c6336407", "ip: bad length"},
		{"450000281c4640004006324ec0000201c63364079c40", "ip: truncated"},
		{"450000281c4640004006324ec0000201c63364079c400050000003e8000000005002ffff232e0000",
			"tcp 192.0.2.1:40000 > 198.51.100.7:80 [SYN], 0 bytes, checksum ok"},
		{"450000281c4640004006324ec0000201c63364079c400050000003e8000000005002ffffec560000",
			"tcp 192.0.2.1:40000 > 198.51.100.7:80 [SYN], 0 bytes, checksum partial"},
		{"450000281c4640004011324ec0000201c63364079c400050000003e8000000005002ffff232e0000",
			"udp: bad length, header checksum bad"},
		{"450000201c4640004011324bc0000201c63364079c410035000a05b671717a7a",
			"udp 192.0.2.1:40001 > 198.51.100.7:53, 2 bytes, checksum ok"},
		{"450000221c46400040113249c0000201c63364079c410035000e000077686572653f",
			"udp 192.0.2.1:40001 > 198.51.100.7:53, 6 bytes, checksum absent"},
		{"450000211c4640004001325ac0000201c63364070800a1f01234000968656c6c6f",
			"icmp 192.0.2.1 > 198.51.100.7 echo request id 4660 seq 9, 5 bytes, checksum ok"},
		{"450000241c4600b94011718ec0000201c6336407746865207365636f6e6420706172742e",
			"fragment 192.0.2.1 > 198.51.100.7, 16 bytes of protocol 17"},
		{"4500001c1c464000402f3231c0000201c63364070000080045000014",
			"protocol 47 192.0.2.1 > 198.51.100.7, 8 bytes"},
	} {
		p, err := hex.DecodeString(c.packet)
		if got := packetLines(p); err != nil || !slices.Equal(got, []string{c.line}) {
			t.Errorf("%s: got %q, want %q", c.packet, got, c.line)
		}
	}
}

// ECE and CWR may be named or not, in any order.
func TestPacketLinesOfRareFlags(t *testing.T) {
	p, _ := hex.DecodeString("450000281c4640004006324ec0000201c63364079c400050000003e80000000050c2ffff226e0000")
	const want = "[SYN] [SYN ECE] [SYN CWR] [SYN ECE CWR] [SYN CWR ECE]"
	var got []string
	for _, line := range packetLines(p) {
		_, flags, _ := strings.Cut(line, "[")
		flags, _, _ = strings.Cut(flags, "]")
		got = append(got, "["+flags+"]")
	}
	if strings.Join(got, " ") != want {
		t.Errorf("got %q, want %s", got, want)
	}
}

// Whatever is drawn has a line, each spoil occurs by itself, and the same seed
// draws the same.
func TestDrawnPackets(t *testing.T) {
	alone, verdicts := map[string]int{}, map[string]int{}
	for seed := range 20 {
		all := dealer{payload.FillingOf(seed + 1).Source("packets")}.drawPackets(400)
		again := dealer{payload.FillingOf(seed + 1).Source("packets")}.drawPackets(400)
		for i, d := range all {
			if string(d.bytes) != string(again[i].bytes) || d.what() != again[i].what() {
				t.Fatalf("seed %d draws %x, and then %x", seed+1, d.bytes, again[i].bytes)
			}
			line := packetLines(d.bytes)[0]
			verdicts[line[strings.LastIndex(line, " ")+1:]]++
			if len(d.special) == 1 {
				alone[d.name()]++
			}
			if len(d.special) == 0 && strings.HasSuffix(line, "bad") {
				t.Errorf("seed %d: in %x nothing is special, and its line is %q", seed+1, d.bytes, line)
			}
		}
	}
	for _, s := range slices.Concat(ipSpoils, messageSpoils) {
		if alone[s.name] < 20*3 {
			t.Errorf("%s comes alone %d times in 8,000 packets", s.name, alone[s.name])
		}
	}
	for _, word := range []string{"ok", "bad", "absent", "partial", "truncated", "length", "4"} {
		if verdicts[word] < 20*3 {
			t.Errorf("%q ends %d lines of 8,000", word, verdicts[word])
		}
	}
}

// Of the drawn requests good ones and others come with each seed, and the sum of
// the reply that should be 0 is 0.
func TestDrawnRequests(t *testing.T) {
	for seed := range 20 {
		good, zero := 0, false
		all := dealer{payload.FillingOf(seed + 1).Source("requests")}.drawRequests(32)
		for _, d := range all {
			if a := replyTo(d.bytes); a != nil {
				good++
				header, m, _ := cutPacket(a)
				if internetChecksum(header) != 0 || internetChecksum(m) != 0 {
					t.Errorf("seed %d: the reply %x to %x", seed+1, a, d.bytes)
				}
				zero = zero || d.name() == "reply-is-zero" && get16(m[2:]) == 0
			}
		}
		if good < 8 || good > len(all)-10 || !zero {
			t.Errorf("seed %d: %d good requests of %d; one whose reply has the sum 0: %v", seed+1, good, len(all), zero)
		}
	}
}

func TestEchoCalls(t *testing.T) {
	for seed := range 20 {
		calls := dealer{payload.FillingOf(seed + 1).Source("echoes")}.echoCalls(8)
		zero := echoMessage(calls[0].id, calls[0].seq, []byte(calls[0].text))
		carries := echoMessage(calls[1].id, calls[1].seq, []byte(calls[1].text))
		if get16(zero[2:]) != 0 || internetChecksum(zero) != 0 {
			t.Errorf("seed %d: the sum of %x is not 0", seed+1, zero)
		}
		if plainSum(carries) != 0xffff {
			t.Errorf("seed %d: the carries of %x do not carry again", seed+1, carries)
		}
	}
}
