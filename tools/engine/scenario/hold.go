package scenario

import (
	"os"
	"path/filepath"

	"loopback/tools/base/disk"
)

// Hold puts the script where it can be played from, as it was when the unit was read,
// whatever has become of its file since: in memory, where no program under test finds
// it, or else in a folder that is none of the program's. Release ends that.
func (sc *Scenario) Hold() (file string, release func(), err error) {
	return hold(sc.Script(), sc.ID+".txtar")
}

// inFile puts a text into a file of a folder of its own.
func inFile(text []byte, name string) (file string, release func(), err error) {
	dir, err := os.MkdirTemp("", "loopback-script-")
	if err != nil {
		return "", nil, err
	}
	file = filepath.Join(dir, name)
	if err := os.WriteFile(file, text, 0o400); err != nil {
		disk.RemoveAll(dir)
		return "", nil, err
	}
	return file, func() { disk.RemoveAll(dir) }, nil
}
