package payload

import (
	"bytes"
	"strings"
	"testing"

	"loopback/tools/engine/play/argument"
)

// misused calls f and returns the reason with which it refuses its argument.
func misused(f func()) (why string) {
	defer func() {
		if u, ok := recover().(argument.Usage); ok {
			why = string(u)
		}
	}()
	f()
	return ""
}

func TestText(t *testing.T) {
	f := FillingOf(1)
	for _, c := range []struct{ arg, want string }{
		{``, ""},
		{`hello`, "hello"},
		{`hello\n`, "hello\n"},
		{`a\tb\r\n`, "a\tb\r\n"},
		{`\x00\xff\377`, "\x00\xff\xff"},
		{`\u00e9`, "é"},
		{`é`, "é"},
		{`say "hi"`, `say "hi"`},
		{`back\\slash`, `back\slash`},
		{`bytes:0`, ""},
		{`bytes:8`, "0000000 "},
		{`bytes:23-24`, " "},
		{`line: two`, "line: two"},
		{`words:`, "words:"},
		{`times:3:a:b\n`, "a:b\na:b\na:b\n"},
		{`times:2:bytes:8`, "0000000 0000000 "},
		{`times:0:ab`, ""},
		{`resp:PING`, "*1\r\n$4\r\nPING\r\n"},
		{`resp:SET  bytes:3`, "*3\r\n$3\r\nSET\r\n$0\r\n\r\n$3\r\n000\r\n"},
		{`resp:ECHO a\x20b\n`, "*2\r\n$4\r\nECHO\r\n$4\r\na b\n\r\n"},
		{`times:2:bulk:a:b`, "$3\r\na:b\r\n$3\r\na:b\r\n"},
	} {
		if got := string(f.Text(c.arg)); got != c.want {
			t.Errorf("text(%q) = %q, want %q", c.arg, got, c.want)
		}
	}
	all := f.Text("all-bytes")
	for i, b := range all {
		if int(b) != i {
			t.Fatalf("all-bytes: byte %d is %#x", i, b)
		}
	}
	if len(all) != 256 {
		t.Errorf("all-bytes has %d bytes", len(all))
	}
	pairs, seen := f.Text("all-pairs"), map[[2]byte]bool{}
	for i := range len(pairs) - 1 {
		seen[[2]byte(pairs[i:])] = true
	}
	if len(pairs) != 1<<16+1 || len(seen) != 1<<16 {
		t.Errorf("all-pairs has %d bytes, and %d pairs", len(pairs), len(seen))
	}
}

func TestTextMisused(t *testing.T) {
	for _, arg := range []string{`\q`, `\x1`, `end\`, `\400`, "two\nlines", `bytes:`, `bytes:-1`, `bytes:x`,
		`bytes:65MiB`, `bytes:1GiB`, `bytes:9223372036854775807MiB`, `times:x:ab`, `times:ab`, `times:2:\q`,
		`times:2:bytes:64MiB`, `line:0`, `random:65MiB`, `words:2x`} {
		why := misused(func() { FillingOf(1).Text(arg) })
		if !strings.Contains(why, "is not text with Go escapes") && !strings.Contains(why, "is not a size") &&
			!strings.Contains(why, "is not a number") && !strings.Contains(why, "a line has") {
			t.Errorf("text(%q) is taken, or refused without a reason: %q", arg, why)
		}
	}
}

// Every place of the pattern can be told from every other: no two lines are the
// same within 64 MiB.
func TestPattern(t *testing.T) {
	p := FillingOf(1).Pattern(100_003)
	if len(p) != 100_003 {
		t.Fatalf("%d bytes", len(p))
	}
	seen := map[string]bool{}
	for line := range bytes.Lines(p[:100_000]) {
		if len(line) != PatternLine || seen[string(line)] {
			t.Fatalf("line %q is there twice, or no line", line)
		}
		seen[string(line)] = true
	}
	if argument.MaxSize/PatternLine > 10_000_000 {
		t.Error("the pattern repeats within what one command may send")
	}
}

// What is made up is the same for one seed and one label, and else another.
func TestSeeds(t *testing.T) {
	one, two := FillingOf(1), FillingOf(2)
	for _, arg := range []string{"bytes:100", "random:100", "random:100:b", "words:5",
		"words:5:b", "line:40", "line:40:b"} {
		if !bytes.Equal(one.Text(arg), (&Filling{Seed: 1}).Text(arg)) {
			t.Errorf("%s is not the same for the same seed", arg)
		}
		if bytes.Equal(one.Text(arg), two.Text(arg)) {
			t.Errorf("%s is the same for another seed", arg)
		}
		if label, ok := strings.CutSuffix(arg, ":b"); ok && bytes.Equal(one.Text(arg), one.Text(label)) {
			t.Errorf("%s is the same with another label", arg)
		}
	}
	if n := len(one.Text("random:100")); n != 100 {
		t.Errorf("random:100 has %d bytes", n)
	}
	if line := one.Text("line:40"); len(line) != 40 || bytes.IndexByte(line, '\n') != 39 {
		t.Errorf("line:40 is %q", line)
	}
	if n := len(bytes.Fields(one.Text("words:5"))); n != 5 {
		t.Errorf("words:5 has %d words", n)
	}
}

func TestAddressForms(t *testing.T) {
	f := &Filling{}
	for arg, want := range map[string]string{
		"host-of:127.0.0.1:80": "127.0.0.1", "port-of:127.0.0.1:80": "80",
		"host-bytes:127.0.0.1:80": "\x7f\x00\x00\x01", "port-bytes:[::1]:258": "\x01\x02",
		"host-bytes:[::1]:80": strings.Repeat("\x00", 15) + "\x01", "host-of:[::1]:80": "::1",
	} {
		if got := string(f.Text(arg)); got != want {
			t.Errorf("%s: got %q, want %q", arg, got, want)
		}
	}
}
