package tftp

import (
	"os"
	"path/filepath"

	"loopback/tools/engine/play/scene"
)

var folderCommands = []scene.Command{{
	Name: "folder", Args: "NAME", Group: "The program and its system",
	Summary: "make an empty folder of the program's, whose path is in the variable $NAME",
	Run: func(s *scene.Scene, args []string) {
		scene.Exactly(1, args)
		path := filepath.Join(s.Tmp, args[0])
		if err := os.MkdirAll(path, 0o755); err != nil {
			s.Misuse("folder: %v", err)
		}
		s.TS.Setenv(args[0], path)
	},
}, {
	Name: "publish", Args: "[-link|-pipe|-folder] DIR PATH [TEXT...]", Group: "The program and its system",
	Summary: "write TEXT to the file PATH in the folder DIR, whose subfolders are made",
	Detail: "TEXT is as for send. With -link it is the target of a symbolic link, with -pipe there is a named pipe, " +
		"with -folder an empty folder.",
	Run: publish,
}}

func publish(s *scene.Scene, args []string) {
	set, args := scene.Flags(args, []string{"-link", "-pipe", "-folder"}, nil)
	scene.AtLeast(2, args)
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
		err = os.WriteFile(path, data, 0o644)
		shelfOf(s).files = append(shelfOf(s).files, published{args[1], data})
	}
	if err != nil {
		s.Skip("this system cannot make such a file: " + err.Error())
	}
}

// A shelf holds the files that the program may be asked for.
type shelf struct{ files []published }

func shelfOf(s *scene.Scene) *shelf { return scene.Of[shelf](s) }

// published is a file that the program may be asked for.
type published struct {
	path string
	data []byte
}
