package intake

import (
	"io/fs"
	"path"
	"slices"
	"strings"
)

// How far it is looked for Go files that are not taken, and how many folders are named.
const (
	mostLooks = 20_000
	mostNamed = 5
)

// notTaken says where a submission has Go files that may be meant for one of the units that
// are missing, or for a program that was taken and has no Go file; "" when there is nothing to
// say. Places has what was taken, by its folder. Guessed: for one of them the folder's name is not
// the unit's, and others could be meant.
func notTaken(files fs.FS, places map[string]*Program, missing []string, guessed bool) string {
	empty := len(places) == 0
	for _, p := range places {
		empty = empty || len(p.Files) == 0 && p.Refused == ""
	}
	if !empty && len(missing) == 0 && !guessed {
		return ""
	}
	folders := goFolders(files, places, missing)
	switch {
	case len(folders) > 0:
		return "Go files were not taken: they lie in " + strings.Join(folders, ", ") +
			", and a program lies in a folder that is named as its unit"
	case empty:
		return "nothing was taken: there is no Go file"
	}
	return ""
}

// goFolders returns the folders with Go files in them, but those that were taken and those
// that are another unit's, or what else a clone of the course has.
func goFolders(files fs.FS, places map[string]*Program, missing []string) (folders []string) {
	looks, clone := 0, isDir(files, exercises)
	fs.WalkDir(files, ".", func(name string, e fs.DirEntry, err error) error {
		if looks++; looks > mostLooks || len(folders) > mostNamed {
			return fs.SkipAll
		}
		p := places[name]
		switch {
		case err != nil || !e.IsDir():
			return nil
		case p != nil && (len(p.Files) > 0 || p.Refused != ""):
			return skipBelow(name)
		case name == "." && clone:
			return nil
		case name != "." && (skipped(e.Name()) || p == nil && isOther(e.Name(), missing)):
			return fs.SkipDir
		case clone && name != exercises && path.Dir(name) != exercises:
			return fs.SkipDir
		case p == nil && hasGo(files, name):
			folders = append(folders, shown(name))
		}
		return nil
	})
	if len(folders) > mostNamed {
		folders = append(folders[:mostNamed], "others")
	}
	return folders
}

// skipBelow leaves out what lies below a folder, but for the top, below which all lies.
func skipBelow(name string) error {
	if name == "." {
		return nil
	}
	return fs.SkipDir
}

// isOther reports whether a folder is named as a unit that has the number of none of these.
func isOther(name string, missing []string) bool {
	return isUnit(name) && !slices.ContainsFunc(missing, func(u string) bool { return u[:2] == name[:2] })
}

func shown(folder string) string {
	if folder == "." {
		return "the top folder"
	}
	return folder + "/"
}

// hasGo reports whether a folder has a Go file in it.
func hasGo(files fs.FS, folder string) bool {
	entries, _ := fs.ReadDir(files, folder)
	for _, e := range entries {
		name := e.Name()
		if strings.HasSuffix(name, ".go") && !strings.HasSuffix(name, "_test.go") && !e.IsDir() && !skipped(name) {
			return true
		}
	}
	return false
}
