package screen

import (
	"cmp"
	"os"
	"strings"
	"unicode/utf8"
)

// Plain returns a text as it can be shown here: where the locale has no UTF-8,
// the lines, arrows and dots of drawings are ASCII, each as wide as before.
func Plain(text string) string {
	if utf8Locale(os.Getenv) {
		return text
	}
	return toASCII(text)
}

// utf8Locale reports whether text may be UTF-8. POSIX has an order for the
// variables (XBD 8.2). Where none is set, as in many containers, terminals show
// UTF-8 all the same; one that can do nothing is not trusted with it.
func utf8Locale(getenv func(string) string) bool {
	name := strings.ToLower(cmp.Or(getenv("LC_ALL"), getenv("LC_CTYPE"), getenv("LANG")))
	if name == "" {
		return getenv("TERM") != "dumb"
	}
	return strings.Contains(name, "utf-8") || strings.Contains(name, "utf8")
}

// toASCII replaces the signs that the course prints, and marks all others.
func toASCII(text string) string {
	return strings.Map(func(r rune) rune {
		if r >= utf8.RuneSelf {
			return '?'
		}
		return r
	}, signs.Replace(text))
}

var signs = strings.NewReplacer(
	"─", "-", "│", "|", "├", "|", "┤", "|", "┼", "+", "▶", ">", "◀", "<", "●", "*", "✗", "x",
	"…", "~", "×", "x", "→", ">", "←", "<", "–", "-", "—", "-", "“", `"`, "”", `"`, "‘", "'", "’",
	"'", "§", "s", "★", "*", "☆", "-",
)
