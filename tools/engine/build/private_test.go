package build

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"loopback/tools/base/trial"
)

// What was handed in is built from copies, kept for one grading, and cannot choose
// that it is not graded.
func TestPrivate(t *testing.T) {
	u := withGiven(t)
	const main = "package main\n\nfunc main() { println(word()) }\n"
	for _, c := range []struct {
		name  string
		files map[string]string
		left  []string
		want  string // of the fault; "" for none
	}{
		{"main.go alone", map[string]string{"main.go": main}, nil, ""},
		{"more than main.go", map[string]string{"main.go": main, "evil_test.go": "", "go.mod": "module x\n", "f.s": "",
			"vendor/x": ""}, []string{"evil_test.go", "f.s", "go.mod", "vendor/"}, ""},
		{"for no system", map[string]string{"main.go": "//go:build ignore\n\n" + main}, []string{"main.go"},
			"build constraint"},
		{"a large file", map[string]string{"main.go": main + "//" + strings.Repeat(" ", mostBytes)}, nil, "at most"},
		{"nothing", nil, nil, "no .go file"},
		{"a folder below", map[string]string{"inner/main.go": main}, []string{"inner/"},
			`but there is in "inner" below it`},
		{"assembly", map[string]string{"main.go": main + "func f()\n", "f.s": ""}, []string{"f.s"},
			"assembly is not taken"},
		{"another module", map[string]string{
			"main.go": "package main\n\nimport _ \"example.org/x\"\n\nfunc main() {}\n"}, nil,
			`import "example.org/x": only the standard library`},
	} {
		t.Run(c.name, func(t *testing.T) {
			folder := t.TempDir()
			for name, text := range c.files {
				trial.Write(t, filepath.Join(folder, name), text)
			}
			o, err := Private(t.Context(), u, folder, false)
			fault, ok := AsError(err)
			switch {
			case c.want == "" && err != nil:
				t.Error(err)
			case c.want != "" && (!ok || !strings.Contains(fault.Output, c.want)):
				t.Errorf("got %v, want %q", err, c.want)
			}
			if !slices.Equal(o.Left, c.left) {
				t.Errorf("left %q, want %q", o.Left, c.left)
			}
			o.Close()
			if _, err := os.Stat(o.dir); !os.IsNotExist(err) {
				t.Errorf("%s is left: %v", o.dir, err)
			}
		})
	}
}
