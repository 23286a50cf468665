package record

import (
	"strings"
	"unicode/utf8"
)

// Cut cuts s to n columns, and marks that.
func Cut(s string, n int) string {
	if utf8.RuneCountInString(s) <= n {
		return s
	}
	r := []rune(s)
	return strings.TrimRight(string(r[:n-2]), " ,.;") + " …"
}

// Printable removes what could disturb a terminal or a reader.
func Printable(s string) string {
	s = strings.ReplaceAll(s, "##[", "# [") // a command to a build server, wherever it stands
	return strings.Map(func(r rune) rune {
		switch {
		case r == utf8.RuneError, r < ' ' && r != '\t', r >= 0x7f && r < 0xa0, // control characters of both sets
			r >= 0x202a && r <= 0x202e, r >= 0x2066 && r <= 0x2069: // what follows is shown backwards
			return '?'
		}
		return r
	}, s)
}

// Wrap breaks text into lines of at most width columns; line breaks that are
// there already are kept only between paragraphs.
func Wrap(text string, width int) []string {
	var out []string
	var line []rune
	for _, w := range strings.Fields(text) {
		word := []rune(w)
		if len(line) > 0 && len(line)+1+len(word) > width {
			out, line = append(out, string(line)), nil
		}
		for ; len(word) > width; word = word[width:] { // a word that fits nowhere is broken
			out = append(out, string(word[:width]))
		}
		if len(line) > 0 {
			line = append(line, ' ')
		}
		line = append(line, word...)
	}
	if len(line) > 0 {
		out = append(out, string(line))
	}
	return out
}

func lines(s string) []string {
	if s == "" {
		return nil
	}
	return strings.Split(s, "\n")
}
