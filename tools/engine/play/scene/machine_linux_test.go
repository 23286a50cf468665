package scene

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A folder from which no program may be run is told from a file that is no program.
func TestNotStarted(t *testing.T) {
	for _, tt := range []struct {
		mode fs.FileMode
		err  error
		want bool
	}{
		{0o755, fs.ErrPermission, true},
		{0o644, fs.ErrPermission, false},
		{0o755, errors.New("another"), false},
	} {
		file := filepath.Join(t.TempDir(), "program")
		if err := os.WriteFile(file, nil, tt.mode); err != nil {
			t.Fatal(err)
		}
		if got := strings.Contains(notStarted(file, tt.err).Cause, "TMPDIR"); got != tt.want {
			t.Errorf("mode %v, %v: TMPDIR is named: %v, want %v", tt.mode, tt.err, got, tt.want)
		}
	}
}
