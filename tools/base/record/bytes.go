package record

import (
	"fmt"
	"strconv"
	"strings"
)

// Bytes says "1 byte" or "13 bytes", with commas from a thousand on.
func Bytes(n int) string { return Number(n, "byte") }

// Number says "1 row" or "13 rows" of what is a row, with commas from a thousand on.
func Number(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return Count(n) + " " + what + "s"
}

// Count writes n with commas between groups of three digits.
func Count(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// Quote quotes data as Go would, in at most width columns. Size is how many
// bytes there were in all, of which data may be the beginning; what is left
// out is marked by an ellipsis.
func Quote(data []byte, size, width int) string {
	if len(data) <= width { // each byte takes a column or more
		if q := quote(data); len(q) <= width && size <= len(data) {
			return q
		}
	}
	for n := min(len(data), width); n > 0; n-- {
		if q := quote(data[:n]); len(q)+1 <= width {
			return q + "…"
		}
	}
	return "…"
}

// quote quotes byte by byte: only printable ASCII stands for itself, so that
// no byte can hide and no byte can disturb a terminal.
func quote(data []byte) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, c := range data {
		switch {
		case c == '"' || c == '\\':
			b.WriteByte('\\')
			b.WriteByte(c)
		case c == '\n':
			b.WriteString(`\n`)
		case c == '\r':
			b.WriteString(`\r`)
		case c == '\t':
			b.WriteString(`\t`)
		case c < ' ' || c > '~':
			fmt.Fprintf(&b, `\x%02x`, c)
		default:
			b.WriteByte(c)
		}
	}
	b.WriteByte('"')
	return b.String()
}

// FirstDifference returns the index of the first byte in which a and b
// differ, and -1 when they are equal. A missing byte differs, too.
func FirstDifference(a, b []byte) int {
	n := min(len(a), len(b))
	for i := range n {
		if a[i] != b[i] {
			return i
		}
	}
	if len(a) != len(b) {
		return n
	}
	return -1
}
