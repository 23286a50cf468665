package taste

import (
	"bytes"
	"fmt"
	"math/rand/v2"

	"loopback/tools/engine/play/payload"
)

// A Taste draws what the clients of moves do.
type Taste struct {
	*rand.Rand
	decks map[string][]int // what deal has not dealt yet
	again []byte           // what was sent last
}

// New returns a taste that draws from the given source.
func New(from *rand.Rand) *Taste { return &Taste{Rand: from, decks: map[string][]int{}} }

// Deal draws one of 0 to n-1 from a deck: each of them before one comes again.
func (t *Taste) Deal(deck string, n int) int {
	if len(t.decks[deck]) == 0 {
		t.decks[deck] = t.Perm(n)
	}
	last := len(t.decks[deck]) - 1
	card := t.decks[deck][last]
	t.decks[deck] = t.decks[deck][:last]
	return card
}

// special are the sizes of buffers, of segments, and round numbers. Programs know
// them, so they come with their neighbours, and each before one comes again.
var special = []int{
	2, 64, 100, 128, 256, 500, 512, 1000, 1024, 1460, 1500, 2000, 2048, 4000, 4096, 5000, 8000, 8192, 10_000,
	16_384, 32_768, 65_536,
}

// Size draws a size of at most most bytes: of those that are special each comes
// before one comes again, where there is room for all of them.
func (t *Taste) Size(most int) int {
	if t.IntN(4) == 0 {
		return t.OddSize(most)
	}
	if last := special[len(special)-1] + 1; most < last {
		return min(most, special[t.IntN(len(special))]-1+t.IntN(3))
	}
	card := t.Deal("sizes", 3*len(special))
	return special[card/3] - 1 + card%3
}

// OddSize draws any size; one digit is as likely as five.
func (t *Taste) OddSize(most int) int {
	return min(most, 1+t.IntN([]int{10, 100, 1000, 10_000, 100_000}[t.IntN(5)]))
}

// Words are such as have a meaning somewhere.
var Words = []string{
	"quit", "exit", "bye", "QUIT\r\n", "PING\r\n", ".", "\r\n.\r\n", "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
	"EHLO a\r\n", "\x16\x03\x01", "\xef\xbb\xbf", "\x1b[2J", "\x04", "\x1a", "\x03", "\xff\xf4",
	"\x00\x00\x00\x05", "*1\r\n$4\r\nPING\r\n", "%s%n", "\\n", "\"", "EOF", "é", "-1", "0\n",
}

// rows are what stands in a piece again and again.
var rows = []string{"\r\n", "\n\r", "\x00\xff", "\r\n\r\n", " \n", "\n.\n", "é", "€", "😀"}

// Piece draws what a client sends: at most most bytes. It is a word, or of a
// special size or an odd one; or it is once more what was sent last.
func (t *Taste) Piece(most int) []byte {
	switch way := t.IntN(16); {
	case way == 0 && 0 < len(t.again) && len(t.again) <= most:
	case way < 3:
		word := Words[t.IntN(len(Words))]
		t.again = []byte(word[:min(len(word), most)])
	default:
		t.again = t.Bytes(t.Size(most))
	}
	return t.again
}

// Bytes draws n bytes of some kind.
func (t *Taste) Bytes(n int) []byte {
	switch t.IntN(7) {
	case 0, 1:
		return t.repeat(n, []byte{"\r\n\x00\xff \x04\x1a\x7fA"[t.IntN(9)]})
	case 2:
		return t.repeat(n, []byte(rows[t.IntN(len(rows))]))
	case 3, 4:
		return t.Lines(n)
	}
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(t.IntN(256))
	}
	return b
}

func (t *Taste) repeat(n int, what []byte) []byte {
	return bytes.Repeat(what, n/len(what)+1)[:n]
}

// Lines are of words, and numbered, so that no two are alike. The last one may end
// anywhere, in the midst of a letter, too.
func (t *Taste) Lines(n int) []byte {
	var b []byte
	end := []string{"\n", "\r\n"}[t.IntN(2)]
	letter := []string{"", "", "é", "€", "😀"}[t.IntN(5)]
	for i := 1; len(b) < n; i++ {
		first, second := payload.WordOf(1+t.IntN(8), t.Rand), payload.WordOf(1+t.IntN(30), t.Rand)
		b = fmt.Appendf(b, "%d %s%s %s%s", i, first, letter, second, end)
	}
	return b[:n]
}
