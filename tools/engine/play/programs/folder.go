package programs

import (
	"io"
	"os"
	"path/filepath"
	"time"

	"loopback/tools/engine/play/argument"
	"loopback/tools/engine/play/scene"
)

var folderCommands = []scene.Command{{
	Name: "folder", Args: "[-unreadable] NAME", Group: "The program and its system",
	Sets:    "NAME NAME_unreadable",
	Summary: "make an empty folder of the program's, whose path is in the variable $NAME",
	Detail: "With -unreadable it is one of the system's, with a regular file that can be opened, and of which each " +
		"read fails; the name of that is in $NAME_unreadable. Where the system has no such file the scenario is " +
		"left out.",
	Run: func(s *scene.Scene, args []string) {
		set, args := argument.Flags(args, []string{"-unreadable"}, nil)
		argument.Exactly(1, args)
		if set["-unreadable"] != "" {
			unreadable(s, args[0])
			return
		}
		path := filepath.Join(s.Tmp, args[0])
		if err := os.MkdirAll(path, 0o755); err != nil {
			s.Misuse("folder: %v", err)
		}
		s.TS.Setenv(args[0], path)
	},
}, {
	Name: "publish", Args: "[-link|-pipe|-folder] DIR PATH [TEXT...]", Group: "The program and its system",
	Summary: "write TEXT to the file PATH in the folder DIR, whose subfolders are made",
	Detail: "TEXT is as for send. A file that is already there is rewritten, and keeps its time, as with cp -p. With " +
		"-link TEXT is the target of a symbolic link, with -pipe there is a named pipe, with -folder an empty folder.",
	Run: publish,
}}

// unreadable is for folder -unreadable. Of the loopback interface, which has no
// speed, Linux has the file, and an error for each read of it.
func unreadable(s *scene.Scene, name string) {
	const folder, file = "/sys/class/net/lo", "speed"
	f, err := os.Open(filepath.Join(folder, file))
	if err == nil {
		defer f.Close()
		_, err = f.Read(make([]byte, 1))
		if err != nil && err != io.EOF {
			s.TS.Setenv(name, folder)
			s.TS.Setenv(name+"_unreadable", file)
			return
		}
	}
	s.Skip("this system has no file that can be opened and not read")
}

func publish(s *scene.Scene, args []string) {
	set, args := argument.Flags(args, []string{"-link", "-pipe", "-folder"}, nil)
	argument.AtLeast(2, args)
	path, data := filepath.Join(args[0], args[1]), s.Fill.Joined(args[2:])
	err := os.MkdirAll(filepath.Dir(path), 0o755)
	switch {
	case err != nil:
	case set["-link"] != "":
		err = os.Symlink(string(data), path)
	case set["-pipe"] != "":
		err = scene.MakeFIFO(path)
	case set["-folder"] != "":
		err = os.MkdirAll(path, 0o755)
	default:
		err = writeAnew(path, data)
		Publish(s, args[1], data)
	}
	if err != nil {
		s.Skip("this system cannot make such a file: " + err.Error())
	}
}

// writeAnew writes data to the file at path. If that is there already it keeps
// its time: neither that nor its size may tell that it holds something else.
func writeAnew(path string, data []byte) error {
	before, absent := os.Stat(path)
	if err := os.WriteFile(path, data, 0o644); err != nil || absent != nil {
		return err
	}
	return os.Chtimes(path, time.Time{}, before.ModTime())
}

// A shelf holds the files that the program may be asked for.
type shelf struct{ files []Published }

// Published is a file that the program may be asked for, by the name Path.
type Published struct {
	Path string
	Data []byte
}

// Publish notes that the program has such a file.
func Publish(s *scene.Scene, path string, data []byte) {
	files := &scene.Of[shelf](s).files
	*files = append(*files, Published{path, data})
}

// Files returns the files that the program may be asked for.
func Files(s *scene.Scene) []Published { return scene.Of[shelf](s).files }
