package screen

import (
	"runtime"
	"strings"
	"unicode/utf8"
)

// foldCommand folds a command, and what is said about it behind a wide gap,
// which gets a line of its own.
func foldCommand(line string, width int) []string {
	indent := indentOf(line)
	words, about := splitCommand(line[len(indent):])
	out := joinWords(words, indent, width)
	if about != "" {
		about = indent + "    " + about
		for utf8.RuneCountInString(about) > width {
			first, rest := breakLine(about, width)
			out = append(out, first)
			if about = rest; rest == "" {
				return out
			}
		}
		out = append(out, about)
	}
	return out
}

// joinWords makes lines of a command's words. A shell goes on behind a backslash
// at the end of a line. Those of Windows do not: there the command stays whole.
func joinWords(words []string, indent string, width int) []string {
	const more = ` \`
	if runtime.GOOS == "windows" {
		width = 0
	}
	line := indent + words[0]
	var out []string
	for i, word := range words[1:] {
		room := width
		if i+2 < len(words) {
			room -= len(more)
		}
		if width == 0 || utf8.RuneCountInString(line+" "+word) <= room {
			line += " " + word
			continue
		}
		out = append(out, line+more)
		if flag, value, ok := strings.Cut(word, " "); ok && utf8.RuneCountInString(indent+"    "+word) > room {
			out, word = append(out, indented(flag, indent, room)+more), value // of a flag
		}
		line = indented(word, indent, room)
	}
	return append(out, line)
}

// indented puts a word behind the indentation of what goes on, or as much of it as
// there is room for.
func indented(word, indent string, room int) string {
	indent += "    "
	return indent[:max(0, min(len(indent), room-utf8.RuneCountInString(word)))] + word
}

// splitCommand splits a command where it may be broken: between words, but not in
// quotes, and not between a flag and its value. About is what stands behind two
// spaces.
func splitCommand(text string) (words []string, about string) {
	var word strings.Builder
	quote := rune(0)
	for i, r := range text {
		switch {
		case quote == 0 && r == ' ' && strings.HasPrefix(text[i:], "  "):
			return withValues(append(words, word.String())), strings.TrimLeft(text[i:], " ")
		case quote == 0 && r == ' ':
			words = append(words, word.String())
			word.Reset()
			continue
		case quote == r:
			quote = 0
		case quote == 0 && (r == '\'' || r == '"'):
			quote = r
		}
		word.WriteRune(r)
	}
	return withValues(append(words, word.String())), ""
}

// withValues joins each flag with the value behind it.
func withValues(words []string) (out []string) {
	for i, word := range words {
		if i > 0 && strings.HasPrefix(words[i-1], "--") && !strings.HasPrefix(word, "-") {
			out[len(out)-1] += " " + word
			continue
		}
		out = append(out, word)
	}
	return out
}
