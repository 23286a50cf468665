package process

import (
	"path/filepath"
	"slices"
	"sync"
)

// concealed are the files and folders that no program that has a room can read.
var concealed struct {
	sync.Mutex
	paths []string
}

// Conceal has programs that are started from here on in a room of their own
// (Options.Room) read nothing at or below these paths, where [Conceals] says that the
// system can. A path at which nothing is conceals nothing.
func Conceal(paths ...string) {
	concealed.Lock()
	defer concealed.Unlock()
	for _, path := range paths {
		path, err := filepath.Abs(path)
		if err == nil {
			path, err = filepath.EvalSymlinks(path)
		}
		if err == nil && !slices.Contains(concealed.paths, path) {
			concealed.paths = append(concealed.paths, path)
		}
	}
}

// allConcealed are the paths that Conceal was called with.
func allConcealed() []string {
	concealed.Lock()
	defer concealed.Unlock()
	return slices.Clone(concealed.paths)
}
