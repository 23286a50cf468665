package called

import (
	"path/filepath"
	"strings"
	"testing"
)

func TestFrom(t *testing.T) {
	for name, want := range map[string]string{
		"./course":                           "./course",
		"course":                             "course",
		"/home/a b/course":                   "'/home/a b/course'",
		"/tmp/go-build224/b001/exe/course":   ByGo,
		"/var/exe/course":                    "/var/exe/course",
		"/c/af/" + sum("af3f") + "-d/course": ByGo,
		"/c/my-d/course":                     "/c/my-d/course",
		"/tmp/go-build224/b001/course.test":  ByGo,
	} {
		if got := from(filepath.FromSlash(name)); got != filepath.FromSlash(want) {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
}

// sum is like a hash that begins so.
func sum(begin string) string { return begin + strings.Repeat("0", 64-len(begin)) }

func TestHandedOn(t *testing.T) {
	if got := Command(); got != ByGo {
		t.Errorf("in a test: %s", got)
	}
	t.Setenv(Variable, "course")
	if got := Command(); got != "course" {
		t.Errorf("handed on: %s", got)
	}
}
