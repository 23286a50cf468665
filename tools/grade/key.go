package grade

import (
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
)

// Key returns a hash over all that a unit's verdict comes from: the program in
// folder, the scenarios (those of other units that stand for some, too), the
// module file, the Go release, and the engine, which is what [EngineKey] has
// returned. Two results with one key are the same result, in whichever clone;
// the key does not change when a clone moves.
func (u *Unit) Key(folder, engine string) (string, error) {
	var files []string
	own, err := goFiles(folder)
	if err != nil {
		return "", err
	}
	files = append(files, own...)
	for _, sc := range u.Scenarios {
		files = append(files, filepath.Join(u.Root, sc.File))
	}
	files = append(files, filepath.Join(u.Root, "go.mod"))
	h := sha256.New()
	fmt.Fprintln(h, Schema, u.Name, runtime.Version(), runtime.GOOS, runtime.GOARCH, engine)
	for _, f := range files {
		data, err := os.ReadFile(f)
		if err != nil {
			return "", err
		}
		fmt.Fprintln(h, filepath.Base(f), len(data))
		h.Write(data)
	}
	return fmt.Sprintf("%x", h.Sum(nil)), nil
}

// enginePackages are the packages that verdicts come from.
var enginePackages = []string{"grade", "wire", "probe", "process"}

// EngineKey returns a hash over the engine's source in the course at root.
func EngineKey(root string) string {
	h := sha256.New()
	for _, p := range enginePackages {
		files, err := goFiles(filepath.Join(root, "tools", p))
		if err != nil {
			continue // a course whose engine lies elsewhere
		}
		for _, f := range files {
			data, _ := os.ReadFile(f)
			fmt.Fprintln(h, p, filepath.Base(f), len(data))
			h.Write(data)
		}
	}
	return fmt.Sprintf("%x", h.Sum(nil))
}

// goFiles returns the Go files of a folder but the tests, in order.
func goFiles(folder string) ([]string, error) {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return nil, err
	}
	var files []string
	for _, e := range entries {
		if strings.HasSuffix(e.Name(), ".go") && !strings.HasSuffix(e.Name(), "_test.go") {
			files = append(files, filepath.Join(folder, e.Name()))
		}
	}
	return files, nil
}
