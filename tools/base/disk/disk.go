// Package disk has the small things that several packages do with files and
// folders.
package disk

import (
	"crypto/sha256"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// IsFile reports whether path is a regular file.
func IsFile(path string) bool {
	fi, err := os.Stat(path)
	return err == nil && fi.Mode().IsRegular()
}

// IsDir reports whether path is a folder.
func IsDir(path string) bool {
	fi, err := os.Stat(path)
	return err == nil && fi.IsDir()
}

// Relative returns path relative to root where it lies below it.
func Relative(root, path string) string {
	abs, err := filepath.Abs(path)
	if err != nil {
		return path
	}
	rel, err := filepath.Rel(root, abs)
	if err != nil || !filepath.IsLocal(rel) {
		return path
	}
	return rel
}

// WriteWhole writes a file so that a reader finds all of it or what was there.
func WriteWhole(path string, data []byte) {
	if os.MkdirAll(filepath.Dir(path), 0o755) != nil {
		return
	}
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*.tmp")
	if err != nil {
		return
	}
	defer os.Remove(f.Name()) // it has its name by then, unless something failed
	_, err = f.Write(data)
	if f.Close() == nil && err == nil {
		os.Rename(f.Name(), path)
	}
}

// Fingerprint returns a hash over the files, names included.
func Fingerprint(files []string) string {
	h := sha256.New()
	for _, f := range files {
		fmt.Fprintln(h, filepath.Base(f))
		if r, err := os.Open(f); err == nil {
			io.Copy(h, r)
			r.Close()
		}
	}
	return fmt.Sprintf("sha256:%x", h.Sum(nil))
}
