package build

import (
	"path/filepath"
	"strings"
	"testing"

	"loopback/tools/base/trial"
)

// What no program may have is found as the compiler finds it, and text that only
// speaks of it is text.
func TestForbidden(t *testing.T) {
	root := trial.Course(t, nil)
	for _, c := range []struct{ name, text, want string }{
		{"cgo", "import \"C\"\n", "main.go:3:8: cgo"},
		{"cgo in parentheses", "import (\n\t\"C\"\n)\n", "main.go:4:2: cgo"},
		{"cgo in a comment", "// import \"C\" is not used here.\n", ""},
		{"cgo in a string", "const text = `import \"C\"`\n", ""},
		{"the grader", "import _ \"loopback/tools/grade\"\n", "main.go:3:8: import"},
		{"an embedded file", "import _ \"embed\"\n\n//go:embed main.go\nvar text string\n",
			"main.go:5:1: an embedded file"},
		{"embedding in a comment", "// Not\n//  //go:embed main.go\n", ""},
		{"a name of the runtime", "import _ \"unsafe\"\n\n//go:linkname now runtime.nanotime\nfunc now() int64\n",
			"main.go:5:1: go:linkname"},
	} {
		t.Run(c.name, func(t *testing.T) {
			folder := t.TempDir()
			trial.Write(t, filepath.Join(folder, "main.go"), "package main\n\n"+c.text+"\nfunc main() {}\n")
			_, err := Alone(t.Context(), root, folder, false)
			refused, ok := AsError(err)
			switch {
			case c.want == "" && err != nil:
				t.Error(err)
			case c.want != "" && (!ok || !strings.HasPrefix(refused.Output, c.want)):
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
}
