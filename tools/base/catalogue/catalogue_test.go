package catalogue

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"loopback/tools/base/record"
)

// A code that there is not is named, at its line, with the one that was meant.
func TestUnknownCode(t *testing.T) {
	root := t.TempDir()
	text := "// Belief: a test.\n//\n// Caught by: 03-bytes (silent).\npackage main\n"
	if err := os.WriteFile(filepath.Join(root, "main.go"), []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
	_, p := expected(root, Subject{Unit: "00-unit"})
	if want := `main.go:3: no verdict has the code "silent" (did you mean silence?)`; p == nil || p.String() != want {
		t.Errorf("got %v, want %s", p, want)
	}
}

// What a doc comment says of a program's verdict: the scenario, its code and
// those that other seeds may give.
func TestExpected(t *testing.T) {
	for _, tt := range []struct {
		line string
		want *Subject // nil: there must be a problem
	}{
		{"// Caught by: 03-bytes (silence).", &Subject{Scenario: "03-bytes", Code: "silence"}},
		{"// Caught by: 32-all (silence, or leak, or reset).",
			&Subject{Scenario: "32-all", Code: "silence", Also: []record.Code{"leak", "reset"}}},
		{"// Caught by: the compiler.", &Subject{NotBuilt: true}},
		{"// Caught by: 25-race (race), built with -race.",
			&Subject{Scenario: "25-race", Code: "race", Race: true}},
		{"// Caught by: 25-locks (silence), on two processors, as 08-unit.",
			&Subject{Scenario: "25-locks", Code: "silence", Two: true, Unit: "08-unit"}},
		{"// Caught by: 32-all (silence, or no-such-code).", nil},
		{"// Caught by: 32-all (no-such-code).", nil},
		{"// Caught by: 32-all.", nil},
	} {
		root := t.TempDir()
		text := "// Belief: a test.\n//\n" + tt.line + "\npackage main\n"
		if err := os.WriteFile(filepath.Join(root, "main.go"), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
		got, p := expected(root, Subject{Unit: "00-unit"})
		if tt.want == nil {
			if p == nil {
				t.Errorf("%s: no problem is found", tt.line)
			}
			continue
		}
		if tt.want.Unit == "" {
			tt.want.Unit = "00-unit"
		}
		if p != nil {
			t.Errorf("%s: %v", tt.line, p)
		} else if diff := cmp.Diff(*tt.want, got); diff != "" {
			t.Errorf("%s: (-want +got)\n%s", tt.line, diff)
		}
	}
}

func TestMay(t *testing.T) {
	s := Subject{Code: "silence", Also: []record.Code{"leak"}}
	for code, want := range map[record.Code]bool{"silence": true, "leak": true, "reset": false} {
		if s.May(code) != want {
			t.Errorf("May(%s) = %v", code, !want)
		}
	}
}
