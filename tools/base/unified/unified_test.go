package unified

import (
	"strings"
	"testing"
)

// TestLines compares with what diff -u prints.
func TestLines(t *testing.T) {
	tests := []struct{ name, old, new, want string }{
		{"no difference", "a b", "a b", ""},
		{"one line", "a b c", "a x c", "@@ -1,3 +1,3 @@| a|-b|+x| c"},
		{"only one", "a", "b", "@@ -1 +1 @@|-a|+b"},
		{"put in", "a b", "a x b", "@@ -1,2 +1,3 @@| a|+x| b"},
		{"six lines between make one hunk", "a 1 2 3 4 5 6 b", "x 1 2 3 4 5 6 y",
			"@@ -1,8 +1,8 @@|-a|+x| 1| 2| 3| 4| 5| 6|-b|+y"},
		{"seven make two", "a 1 2 3 4 5 6 7 b", "x 1 2 3 4 5 6 7 y",
			"@@ -1,4 +1,4 @@|-a|+x| 1| 2| 3|@@ -6,4 +6,4 @@| 5| 6| 7|-b|+y"},
		{"a brace stays", "for { a }", "if x for { b a }", "@@ -1,4 +1,7 @@|+if|+x| for| {|+b| a| }"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			out := Lines("old", strings.Fields(tt.old), "new", strings.Fields(tt.new))
			got := strings.TrimPrefix(strings.Join(out, "|"), "--- old|+++ new|")
			if got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}
