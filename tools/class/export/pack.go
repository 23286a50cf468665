package export

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"os"
	"path/filepath"
)

// zipAll packs all of the folder into autograder.zip, as Gradescope takes it: the
// files lie at the top.
func zipAll(out string) error {
	const name = "autograder.zip"
	os.Remove(filepath.Join(out, name))
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	if err := w.AddFS(os.DirFS(out)); err != nil {
		return err
	}
	if err := w.Close(); err != nil {
		return err
	}
	return put(filepath.Join(out, name), b.Bytes(), false)
}

// tarCourse packs the command, the course and hidden scenarios into autograde.tar, and leaves that
// alone beside the makefile.
func tarCourse(out string) error {
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	root, err := os.MkdirTemp("", "loopback-export-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(root)
	for _, name := range []string{"course", "tree", hiddenFile} {
		if _, err := os.Stat(filepath.Join(out, name)); name == hiddenFile && os.IsNotExist(err) {
			continue
		}
		if err := move(filepath.Join(out, name), filepath.Join(root, name)); err != nil {
			return err
		}
	}
	if err := w.AddFS(os.DirFS(root)); err != nil {
		return err
	}
	if err := w.Close(); err != nil {
		return err
	}
	return put(filepath.Join(out, "autograde.tar"), b.Bytes(), false)
}

// move copies, because the folder for temporary files may be on another disk.
func move(from, to string) error {
	fi, err := os.Stat(from)
	if err != nil {
		return err
	}
	if fi.IsDir() {
		err = os.CopyFS(to, os.DirFS(from))
	} else {
		var data []byte
		if data, err = os.ReadFile(from); err == nil {
			err = os.WriteFile(to, data, fi.Mode())
		}
	}
	if err != nil {
		return err
	}
	return os.RemoveAll(from)
}
