package screen

import (
	"bytes"
	"strings"
	"testing"
)

// Elsewhere than on a terminal a screen writes what it is given, and no more.
func TestNoTerminal(t *testing.T) {
	var b bytes.Buffer
	s := New(&b)
	s.Progress("building %d", 1)
	s.Print("  FAIL 01-one  A rule.\n")
	s.Wipe()
	s.Clear()
	s.Printf("%d of %d\n", 1, 2)
	if got := b.String(); got != "  FAIL 01-one  A rule.\n1 of 2\n" {
		t.Errorf("%q", got)
	}
	if s.Moves() || s.Width() != 80 {
		t.Errorf("moves %v, %d columns", s.Moves(), s.Width())
	}
}

// On a terminal a progress line makes room for what is printed.
func TestProgress(t *testing.T) {
	var b bytes.Buffer
	s := &Screen{out: &b, moves: true}
	s.Progress("one")
	s.Progress("two")
	s.Print("text\n")
	s.Wipe() // nothing to wipe any more
	if got := b.String(); got != "\r\x1b[Kone\r\x1b[Ktwo\r\x1b[Ktext\n" {
		t.Errorf("%q", got)
	}
	b.Reset()
	s.Progress("%s", strings.Repeat("é", 200))
	if got := []rune(strings.TrimPrefix(b.String(), "\r\x1b[K")); len(got) != 79 {
		t.Errorf("%d columns", len(got))
	}
}

// Colours never change the words, and every coloured line ends plain.
func TestColours(t *testing.T) {
	text := "02-echo-once: 1 of 2\n  ok   01-one\n  FAIL 02-two\n\n── 02-two ── silence ──\nThe rule\n    words\n" +
		"     1.0   ✗     │  nothing\n@@ -1 +1 @@\n-a\n+b"
	s := &Screen{colours: true}
	painted := s.paint(text)
	plainText := painted
	for _, c := range []string{bold + red, plain, bold, red, green, cyan} {
		plainText = strings.ReplaceAll(plainText, c, "")
	}
	if plainText != text {
		t.Errorf("%q", plainText)
	}
	for line := range strings.Lines(painted) {
		if n := strings.Count(line, "\x1b["); n != 0 && !strings.HasSuffix(strings.TrimSuffix(line, "\n"), plain) {
			t.Errorf("%q", line)
		}
	}
	for _, want := range []string{green + "  ok   01-one" + plain, red + "  FAIL 02-two" + plain,
		bold + "02-echo-once: 1 of 2" + plain, bold + "The rule" + plain} {
		if !strings.Contains(painted, want) {
			t.Errorf("no %q in %q", want, painted)
		}
	}
}
