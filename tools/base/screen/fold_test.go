package screen

import (
	"runtime"
	"strings"
	"testing"
	"unicode/utf8"
)

// folded is what a text must become, at a width; the text itself at a larger one.
func folded(t *testing.T, text string, width int, want string) {
	t.Helper()
	if got := Fold(text, width); got != want {
		t.Errorf("at %d columns, got\n%s\nwant\n%s", width, got, want)
	}
	if got := Fold(text, 200); got != text {
		t.Errorf("at 200 columns, got\n%s", got)
	}
}

// Prose is broken between words, rows of tables are cut. A word that does not fit
// goes without its indentation, as far as that helps.
func TestFoldProse(t *testing.T) {
	folded(t, "Likely cause\n    one two three four five six\n    seven\n\n"+
		"  FAIL 01-one  a rule that is long\n    averylongwordthatfitsnowhere\n    scenario: fifteen/letter\n"+
		"short\n", 18,
		"Likely cause\n    one two three\n    four five six\n    seven\n\n"+
			"  FAIL 01-one  a…\naverylongwordthatfitsnowhere\n    scenario:\n    fifteen/letter\nshort\n")
}

// A command is broken between words, and a shell that gets all lines does the same.
func TestFoldCommand(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("its shells go on with another sign: a command stays whole there")
	}
	folded(t, "    go run ./tools/course grade 00-setup --dir \"ada l's\"  --only 01-one --seed 7\n", 40,
		"    go run ./tools/course grade \\\n        00-setup --dir \"ada l's\"\n        --only 01-one --seed 7\n")
	folded(t, "    SEED=7 go test ./exercises/00-setup -run /01-one$\n    scenario: a/b\n", 42,
		"    SEED=7 go test ./exercises/00-setup \\\n        -run /01-one$\n    scenario: a/b\n")
	folded(t, "  go run ./tools/course try 00         be the peer, and see the wire live\n", 34,
		"  go run ./tools/course try 00\n      be the peer, and see the\n      wire live\n")
	folded(t, "    go run ./tools/course grade 04 --dir 'a  b' --race --only 37-many\n", 40,
		"    go run ./tools/course grade 04 \\\n        --dir 'a  b' --race \\\n        --only 37-many\n")
	folded(t, "    go run ./tools/course grade 04 --dir testdata/00-setup/wrong/abcdefg\n", 36,
		"    go run ./tools/course grade 04 \\\n        --dir \\\n     testdata/00-setup/wrong/abcdefg\n")
}

// What a row of a timeline says goes on below itself; the lines of the drawing, too.
func TestFoldDrawing(t *testing.T) {
	folded(t, "         1.0   │     ●  0 bytes are waiting, and no client\n", 36,
		"         1.0   │     ●  0 bytes are\n"+
			"               │     │  waiting, and\n"+
			"               │     │  no client\n")
	folded(t, "On the wire\n          ms   A     server\n               ...\n"+
		"        25.7   ◀─────┤  \"hello, sprocket\\n\"          16 bytes\n"+
		"        25.7   ✗     │  these are not the bytes\n", 36,
		"On the wire\n    ms   A     server\n         ...\n"+
			"  25.7   ◀─────┤  \"hello,\n"+
			"         │     │  sprocket\\n\"\n"+
			"         │     │  16 bytes\n"+
			"  25.7   ✗     │  these are not the\n"+
			"         │     │  bytes\n")
	folded(t, "  25.7   ◀─────┤  \"abcdefghij\\nabc\"\n", 30,
		"  25.7   ◀─────┤  \"abcdefghij\n         │     │  \\nabc\"\n")
}

// A comparison keeps its caret below the byte that it is about.
func TestFoldComparison(t *testing.T) {
	const indent = "      "
	folded(t, indent+"expected  \"one two three four five six\\n\"\n"+
		indent+"got       \"one two three four five SIX\\n\"\n"+
		indent+"          "+strings.Repeat(" ", 25)+"^\n", 40,
		indent+"expected  … three four five six\\n\"\n"+
			indent+"got       … three four five SIX\\n\"\n"+
			indent+"                            ^\n")
	wide := indent + "expected  \"hello\\r\\n\"             68 65 6c 6c 6f 0d 0a\n" +
		indent + "got       \"hello\\n\"               68 65 6c 6c 6f 0a\n" +
		indent + strings.Repeat(" ", 10+24+15) + "^^\n"
	folded(t, wide, 40,
		indent+"expected  \"hello\\r\\n\"\n"+
			indent+"          68 65 6c 6c 6f 0d 0a\n"+
			indent+"got       \"hello\\n\"\n"+
			indent+"          68 65 6c 6c 6f 0a\n"+
			indent+"                         ^^\n")
}

// The title of a report loses the line behind it, and nothing else.
func TestFoldTitle(t *testing.T) {
	folded(t, "── 01-greeting ── wrong-bytes ──────────────────\n", 40, "── 01-greeting ── wrong-bytes\n")
}

// Whatever the width, no line is wider.
func TestFoldAnyWidth(t *testing.T) {
	const text = "00-setup: 0 of 2\n  FAIL 01-greeting            Each client gets \"hello, socket\"\n\n" +
		"── 01-greeting ── wrong-bytes ───────────\nThe rule\n    Each client gets it, and then nothing.\n" +
		"What happened\n      expected  \"hello, socket\\n\"\n      got       \"hello, sprocket\\n\"\n" +
		"                         ^\nOn the wire\n          ms   A     server\n" +
		"         8.9   │     ●  listening on 127.109.192.149:35103\n" +
		"        11.8   ◀─────┤  \"hello, sprocket\\n\"          16 bytes\nRead\n    chapters/00-setup.md#x\n"
	for width := 30; width < 90; width++ {
		for line := range strings.Lines(Fold(text, width)) {
			line = strings.TrimSuffix(line, "\n")
			if n := utf8.RuneCountInString(line); n > width {
				t.Errorf("at %d columns there are %d: %q", width, n, line)
			}
		}
	}
}
