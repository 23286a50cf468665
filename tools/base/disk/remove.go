package disk

import (
	"io/fs"
	"os"
	"path/filepath"
)

// RemoveAll removes dir and all below it, also where a program has taken away its own
// permissions, or has made folders so deep that no path leads down to them.
func RemoveAll(dir string) {
	if flatten(dir) {
		return
	}
	if os.RemoveAll(dir) == nil {
		return
	}
	filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if d != nil && d.IsDir() {
			os.Chmod(path, 0o700)
		}
		return nil
	})
	os.RemoveAll(dir)
}
