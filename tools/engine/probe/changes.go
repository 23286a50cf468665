package probe

// A Change is something that happened to a name in a folder, in order: inotify(7).
type Change struct {
	Name string
	Made bool // the name came into being, by being made or by being moved there
	Gone bool // and no longer is
	Attr bool // the file's mode or owner was changed
	Shut bool // an open file of this name was closed, with its last descriptor
}

// Watch notes from now on what happens in the folder dir, until Close.
func Watch(dir string) (*Changes, error) { return watchDir(dir) }
