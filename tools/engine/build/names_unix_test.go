//go:build unix

package build

import (
	"path/filepath"
	"strings"
	"testing"

	"loopback/tools/base/trial"
)

// The name of a file is in what the compiler says: it must not begin a line of that.
func TestNames(t *testing.T) {
	root := trial.Course(t, nil)
	for name, ok := range map[string]bool{"服务器.go": true, "with a space.go": true, "x\n::error::.go": false,
		"\x1b[31m.go": false, "og.\u202eniam.go": false} {
		folder := t.TempDir()
		trial.Write(t, filepath.Join(folder, "main.go"), "package main\n\nfunc main() {}\n")
		trial.Write(t, filepath.Join(folder, name), "package main\n")
		_, err := Alone(t.Context(), root, folder, false)
		if refused, is := AsError(err); ok != (err == nil) || is && strings.ContainsAny(refused.Output, "\n\x1b") {
			t.Errorf("%q: %v", name, err)
		}
	}
}
