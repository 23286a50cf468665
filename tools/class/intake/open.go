package intake

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"path"
	"strings"

	"loopback/tools/base/tree"
)

// What an archive may hold. A clone of the course has some thousand files.
const (
	mostArchive = 100 << 20
	mostEntries = 20_000
)

// open returns the files of a submission for these units. The error says why it is refused.
func (s *Submission) open(units []string) (fs.FS, func(), error) {
	files, done, err := s.opened()
	if err != nil {
		return nil, nil, err
	}
	return below(files, units), done, nil
}

// opened returns all files of a submission.
func (s *Submission) opened() (fs.FS, func(), error) {
	if strings.HasSuffix(s.Path, ".zip") {
		if fi, err := os.Stat(s.Path); err == nil && fi.Mode().IsRegular() {
			return openZip(s.Path)
		}
	}
	root, err := os.OpenRoot(s.Path) // no link leads out of it
	if err != nil {
		return nil, nil, err
	}
	files := root.FS()
	if inner := loneArchive(below(files, nil)); inner != "" { // a folder with nothing but an archive in it
		data, err := readAtMost(below(files, nil), inner, mostArchive)
		root.Close()
		if err != nil {
			return nil, nil, err
		}
		archive, err := readZip(data)
		return archive, func() {}, err
	}
	return files, func() { root.Close() }, nil
}

func openZip(file string) (fs.FS, func(), error) {
	if fi, err := os.Stat(file); err == nil && fi.Size() > mostArchive {
		return nil, nil, fmt.Errorf("the archive has more than %d MB", mostArchive>>20)
	}
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, nil, err
	}
	archive, err := readZip(data)
	return archive, func() {}, err
}

// readZip looks at every name of an archive before any file of it is read.
func readZip(data []byte) (fs.FS, error) {
	r, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, fmt.Errorf("this is not a zip archive: %w", err)
	}
	if len(r.File) > mostEntries {
		return nil, fmt.Errorf("the archive has %d files; at most %d are read", len(r.File), mostEntries)
	}
	seen := map[string]bool{}
	for _, f := range r.File {
		name := strings.TrimSuffix(f.Name, "/")
		switch {
		case path.IsAbs(name) || strings.Contains(name, ":"):
			return nil, fmt.Errorf("the archive has an absolute name: %q", f.Name)
		case strings.Contains(name, `\`):
			return nil, fmt.Errorf("the archive has a name with a backslash: %q", f.Name)
		case !fs.ValidPath(name):
			return nil, fmt.Errorf("the archive has a name that leads out of it: %q", f.Name)
		case f.Mode()&fs.ModeSymlink != 0:
			return nil, fmt.Errorf("the archive has a symbolic link: %q", f.Name)
		case f.Mode().Type() != 0 && !f.Mode().IsDir():
			return nil, fmt.Errorf("the archive has something that is neither a file nor a folder: %q", f.Name)
		case seen[name] && !f.Mode().IsDir():
			return nil, fmt.Errorf("the archive has two files of one name: %q", f.Name)
		}
		seen[name] = true
	}
	return r, nil
}

// below goes down while there is nothing but one folder: zip archives most
// often have their folder in them. A folder that is meant for one of the units stays.
func below(files fs.FS, units []string) fs.FS {
	for range 5 {
		entries, err := fs.ReadDir(files, ".")
		if err != nil {
			return files
		}
		var dirs []string
		others := 0
		for _, e := range entries {
			switch {
			case skipped(e.Name()):
			case e.IsDir():
				dirs = append(dirs, e.Name())
			default:
				others++
			}
		}
		if others > 0 || len(dirs) != 1 || dirs[0] == exercises || isUnit(dirs[0]) ||
			tree.Alike(units, dirs[0]) != "" && hasGo(files, dirs[0]) {
			return files
		}
		inner, err := fs.Sub(files, dirs[0])
		if err != nil {
			return files
		}
		files = inner
	}
	return files
}

// loneArchive returns the name of the archive that is all there is, or "".
func loneArchive(files fs.FS) string {
	entries, err := fs.ReadDir(files, ".")
	found := ""
	for _, e := range entries {
		switch {
		case skipped(e.Name()):
		case found == "" && strings.HasSuffix(e.Name(), ".zip") && e.Type().IsRegular():
			found = e.Name()
		default:
			return ""
		}
	}
	if err != nil {
		return ""
	}
	return found
}
