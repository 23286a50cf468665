package scene

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"sync"

	"loopback/tools/base/disk"
)

// frozen is what a program was when its grading began. What is judged later is
// that, whatever has become of the files.
type frozen struct {
	texts map[string][]byte // the Go files, by their names
	exe   []byte            // the executable
	sum   [sha256.Size]byte // and its hash

	mu sync.Mutex
	at string // where the executable is started from
	// folders that were made for it
	made []string
}

// Freeze reads the program's files, once, and its executable. It comes before the
// program is started for the first time.
func (p *Program) Freeze() error {
	f := &frozen{texts: map[string][]byte{}, at: p.Argv[0]}
	for _, file := range p.Sources {
		text, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		f.texts[file] = text
	}
	var err error
	if f.exe, err = os.ReadFile(p.Argv[0]); err != nil {
		return err
	}
	f.sum = sha256.Sum256(f.exe)
	p.frozen = f
	return nil
}

// Thaw removes what was written for the program.
func (p *Program) Thaw() {
	if p.frozen == nil {
		return
	}
	for _, dir := range p.frozen.made {
		disk.RemoveAll(dir)
	}
}

// Inputs returns a hash over what is graded: the Go files where they are known, else
// the command and the executable.
func (p *Program) Inputs() string {
	h := sha256.New()
	switch {
	case p.Sources != nil:
		for _, file := range p.Sources {
			fmt.Fprintln(h, filepath.Base(file))
			text, err := p.Text(file)
			if err == nil {
				h.Write(text)
			}
		}
	case p.frozen != nil:
		fmt.Fprintln(h, p.Argv)
		h.Write(p.frozen.exe)
	default:
		fmt.Fprintln(h, p.Argv)
	}
	return fmt.Sprintf("sha256:%x", h.Sum(nil))
}

// Text returns one of the Go files, as it was when grading began.
func (p *Program) Text(file string) ([]byte, error) {
	if p.frozen != nil {
		if text, ok := p.frozen.texts[file]; ok {
			return text, nil
		}
	}
	return os.ReadFile(file)
}

// path returns where the executable is, after a look whether it still is what it was
// when grading began. If it is not, a copy of what it was is started from now on: a
// program that has removed or changed its own executable is graded all the same.
func (p *Program) path() (string, error) {
	f := p.frozen
	if f == nil {
		return p.Argv[0], nil
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if data, err := os.ReadFile(f.at); err == nil && len(data) == len(f.exe) && sha256.Sum256(data) == f.sum {
		return f.at, nil
	}
	dir, err := os.MkdirTemp("", "loopback-program-")
	if err != nil {
		return "", err
	}
	f.made = append(f.made, dir)
	f.at = filepath.Join(dir, filepath.Base(p.Argv[0]))
	return f.at, os.WriteFile(f.at, bytes.Clone(f.exe), 0o755)
}
