package batch

import (
	"strings"
	"testing"
	"unicode"
)

// TestCleanFlags: names of files that were handed in stand in flags, and flags in tables and
// on terminals.
func TestCleanFlags(t *testing.T) {
	hostile := "not taken: a\x1b]0;title\x07b\nc\u202edc\xff\u2066" + strings.Repeat("x", 600)
	got := cleanFlags([]string{hostile})[0]
	if len(got) > 510 || strings.ContainsFunc(got, func(r rune) bool { return !unicode.IsPrint(r) }) ||
		!strings.HasPrefix(got, "not taken: a?]0;title?b c?dc??x") {
		t.Errorf("%q", got)
	}
}
