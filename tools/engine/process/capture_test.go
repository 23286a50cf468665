package process

import (
	"bytes"
	"fmt"
	"runtime"
	"strings"
	"testing"
)

// stream returns n bytes in which every position can be told from the others.
func stream(n int) []byte {
	var b []byte
	for i := 0; len(b) < n; i++ {
		b = fmt.Appendf(b, "line %d\n", i)
	}
	return b[:n]
}

func TestCaptureKeepsHeadAndTail(t *testing.T) {
	sizes := []int{0, 1, keepSize - 1, keepSize, keepSize + 1, 2*keepSize - 1, 2 * keepSize,
		2*keepSize + 1, 5*keepSize + 77}
	for _, size := range sizes {
		in := stream(size)
		want := in
		if left := size - 2*keepSize; left > 0 {
			// The pattern's line breaks do not fall on the end of the head.
			note := fmt.Sprintf("\n... %d bytes left out ...\n", left)
			want = []byte(string(in[:keepSize]) + note + string(in[size-keepSize:]))
		}
		for _, piece := range []int{1, 7, 1000, keepSize, 3*keepSize + 1} {
			c := new(Capture)
			for rest := in; len(rest) > 0; {
				n := min(piece, len(rest))
				c.add(rest[:n])
				rest = rest[n:]
			}
			if got := c.Bytes(); !bytes.Equal(got, want) {
				t.Errorf("%d bytes in pieces of %d: kept %d bytes, want %d, or other ones", size, piece,
					len(got), len(want))
			}
			if c.Total() != int64(size) || c.Lines() != bytes.Count(in, []byte("\n")) {
				t.Errorf("%d bytes in pieces of %d: Total %d, Lines %d", size, piece, c.Total(), c.Lines())
			}
		}
	}
}

func TestCaptureNoteIsALine(t *testing.T) {
	c := new(Capture)
	c.add([]byte(strings.Repeat(strings.Repeat("x", 31)+"\n", 3*keepSize/32)))
	want := fmt.Sprintf("x\n... %d bytes left out ...\nx", keepSize)
	if !bytes.Contains(c.Bytes(), []byte(want)) {
		t.Errorf("no line about the %d bytes left out", keepSize)
	}
}

// With keep set, more of the beginning stays, and the end as before.
func TestCaptureKeepsMore(t *testing.T) {
	in := stream(5 * keepSize)
	c := &Capture{keep: 4 * keepSize}
	c.add(in[:1000])
	c.add(in[1000:])
	if got := c.Bytes(); !bytes.Equal(got, in) {
		t.Errorf("kept %d bytes of %d", len(got), len(in))
	}
}

// What is followed begins in the middle of a stream that has lost something already.
func TestCaptureFollow(t *testing.T) {
	in := stream(9 * keepSize)
	c := new(Capture)
	c.add(in[:3*keepSize])
	later := c.Follow(len(in))
	c.add(in[3*keepSize : 4*keepSize])
	c.add(in[4*keepSize:])
	if got := later.Bytes(); !bytes.Equal(got, in[3*keepSize:]) {
		t.Errorf("followed %d bytes of %d, or other ones", len(got), 6*keepSize)
	}
	if c.Total() != int64(len(in)) {
		t.Errorf("Total %d", c.Total())
	}
}

func TestFirstLine(t *testing.T) {
	long := strings.Repeat("a", lineSize)
	cr := "\r" // on Windows it belongs to the end of the line
	if runtime.GOOS == "windows" {
		cr = ""
	}
	tests := []struct {
		in, line string
		ok       bool
	}{
		{"", "", false},
		{"listening on", "", false},
		{"\n", "", true},
		{"one\n", "one", true},
		{"one\r\n", "one" + cr, true},
		{"one\r", "", false},
		{"one\ntwo\n", "one", true},
		{long, "", false},
		{long + "\n", long, true},
		{long + "a", long, true},
		{long + long + "\n", long, true},
	}
	for _, test := range tests {
		c := new(Capture)
		for i := range len(test.in) { // in the smallest pieces there are
			c.add([]byte{test.in[i]})
		}
		if line, ok := c.FirstLine(); line != test.line || ok != test.ok {
			t.Errorf("FirstLine of %.20q (%d bytes) = %.20q, %v; want %.20q, %v", test.in, len(test.in),
				line, ok, test.line, test.ok)
		}
	}
}
