package record

import (
	"bytes"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestBytes(t *testing.T) {
	for _, c := range []struct {
		n           int
		count, text string
	}{
		{0, "0", "0 bytes"},
		{1, "1", "1 byte"},
		{2, "2", "2 bytes"},
		{999, "999", "999 bytes"},
		{1000, "1,000", "1,000 bytes"},
		{65536, "65,536", "65,536 bytes"},
		{1 << 20, "1,048,576", "1,048,576 bytes"},
		{16777216, "16,777,216", "16,777,216 bytes"},
	} {
		if got := Count(c.n); got != c.count {
			t.Errorf("Count(%d) = %q, want %q", c.n, got, c.count)
		}
		if got := Bytes(c.n); got != c.text {
			t.Errorf("Bytes(%d) = %q, want %q", c.n, got, c.text)
		}
	}
}

func TestQuote(t *testing.T) {
	for _, c := range []struct {
		name  string
		data  string
		size  int
		width int
		want  string
	}{
		{"nothing", "", 0, 20, `""`},
		{"text", "hello\n", 6, 20, `"hello\n"`},
		{"quotes and backslashes", `a"b\c`, 5, 20, `"a\"b\\c"`},
		{"control bytes", "\r\t\x00\x7f", 4, 20, `"\r\t\x00\x7f"`},
		{"no byte above ASCII stands for itself", "é\xff", 3, 20, `"\xc3\xa9\xff"`},
		{"exactly fits", "12345678", 8, 10, `"12345678"`},
		{"one column too many", "123456789", 9, 10, `"1234567"…`},
		{"an escape is not torn", "1234567\n", 8, 10, `"1234567"…`},
		{"more than is shown", "abc", 500, 20, `"abc"…`},
		{"an escape too wide", "\x00\x00", 2, 6, "…"},
		{"no room at all", "abc", 3, 0, "…"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := Quote([]byte(c.data), c.size, c.width)
			if got != c.want {
				t.Errorf("Quote(%q, %d, %d)\n got %s\nwant %s", c.data, c.size, c.width, got, c.want)
			}
		})
	}
}

// Whatever the bytes are: the text is printable, ends in time, and fits.
func TestQuoteOfEveryByte(t *testing.T) {
	all := make([]byte, 256)
	for i := range all {
		all[i] = byte(i)
	}
	for width := 2; width < 1100; width += 7 {
		q := Quote(all, len(all), width)
		if n := utf8.RuneCountInString(q); n > width {
			t.Fatalf("width %d: %d columns", width, n)
		}
		if i := strings.IndexFunc(q, func(r rune) bool { return r < ' ' || r == 0x7f }); i >= 0 {
			t.Fatalf("width %d: a control character at %d", width, i)
		}
	}
}

func TestFirstDifference(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want int
	}{
		{"", "", -1},
		{"same", "same", -1},
		{"a", "", 0},
		{"", "a", 0},
		{"abc", "abd", 2},
		{"abc", "ab", 2},
		{"ab", "abc", 2},
		{"xbc", "abc", 0},
	} {
		if got := FirstDifference([]byte(c.a), []byte(c.b)); got != c.want {
			t.Errorf("FirstDifference(%q, %q) = %d, want %d", c.a, c.b, got, c.want)
		}
	}
}

// digits is a text in which the middle is far from both ends.
var digits = strings.Repeat("0123456789", 10)

var comparisons = []struct{ name, want, got, text string }{
	{"equal", "abc", "abc", ""},
	{"nothing came", "hello\n", "", `
expected  "hello\n"
got       ""  (nothing)`},
	{"one letter", "hello\n", "hallo\n", `
expected  "hello\n"
got       "hallo\n"
            ^`},
	{"zeros behind it", "hi\n", "hi\n\x00\x00", `
expected  "hi\n"                  68 69 0a
got       "hi\n\x00\x00"          68 69 0a 00 00
                                           ^^`},
	{"the last byte is missing", "hi\n", "hi", `
expected  "hi\n"
got       "hi"
             ^`},
	{"the second of three lines", "one\ntwo\nthree\n", "one\ntow\nthree\n", `
expected  …"two\nthree\n"
got       …"tow\nthree\n"
             ^
the first 5 bytes are as they should be`},
	{"a line more", "one\n", "one\ntwo\n", `
expected  "one\n"
got       "one\ntwo\n"
                ^`},
	{"far into a long text", digits + "A" + digits, digits + "B" + digits, `
expected  …"1234567890123456789A01234567890123456789012345678901234"…
got       …"1234567890123456789B01234567890123456789012345678901234"…
                               ^
the first 100 bytes are as they should be`},
	{"the end of a long text", digits, digits[:97], `
expected  …"8901234567890123456789"
got       …"8901234567890123456"
                               ^
the first 97 bytes are as they should be`},
	{"bytes that are no text", "\x01\x02\x03\x04\x80\x81", "\x01\x02\x03\x04\x81\x80", `
expected  01 02 03 04 80 81
got       01 02 03 04 81 80
                      ^^`},
}

func TestCompare(t *testing.T) {
	for _, c := range comparisons {
		t.Run(c.name, func(t *testing.T) {
			got := strings.Join(Compare([]byte(c.want), []byte(c.got)), "\n")
			if want := strings.TrimPrefix(c.text, "\n"); got != want {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
		})
	}
}

// A comparison is four rows of one terminal's width at the most, however much
// there is to compare.
func TestCompareIsSmall(t *testing.T) {
	want := []byte(strings.Repeat("\x00\xff", 1<<20))
	got := append([]byte{}, want[:1<<20]...)
	got = append(got, 'x')
	small(t, Compare(want, got))
	small(t, Compare([]byte(strings.Repeat("ab\xff", 1000)), []byte(strings.Repeat("ab\xff", 500))))
	small(t, Compare([]byte("text and more text, much of it"), make([]byte, 100)))
	small(t, Compare([]byte("text"), make([]byte, 4)))
	small(t, Compare([]byte(strings.Repeat("\n", 1000)), []byte(strings.Repeat("\n", 500)+"x")))
	small(t, Compare([]byte("x"+strings.Repeat("\n", 1000)), []byte(strings.Repeat("\t", 500))))
}

func small(t *testing.T, lines []string) {
	t.Helper()
	if len(lines) > 4 {
		t.Errorf("%d lines", len(lines))
	}
	for _, line := range lines {
		if n := utf8.RuneCountInString(line); n > 72 {
			t.Errorf("%d columns: %s", n, line)
		}
	}
}

// Bytes that are shown as escapes fill a row although there are few of them.
func TestCompareBehindFewLongEscapes(t *testing.T) {
	want := append(bytes.Repeat([]byte{1}, 11), "all of this was sent, and more of it"...)
	if lines := Compare(want, want[:11]); len(lines) == 0 {
		t.Error("nothing is said")
	}
}
