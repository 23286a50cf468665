package crowds

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"loopback/tools/base/record"
	"loopback/tools/engine/play/argument"
	"loopback/tools/engine/play/scene"
	"loopback/tools/engine/play/stream"
	"loopback/tools/engine/probe"
	"loopback/tools/engine/wire"
)

// meansCommands judge by what means a program does its work.
var meansCommands = []scene.Command{{
	Name: "hold", Args: "[-unread] N [TEXT...]", Group: "Many clients",
	Summary: "connect N clients that say nothing and stay until the scenario ends",
	Detail: "With TEXT, which is as for send, each sends that, and reads nothing; its socket buffers are small. " +
		"With -unread each sends to an echo, without reading, until the program waits to write to it.",
	Run: func(s *scene.Scene, args []string) {
		set, args := argument.Flags(args, []string{"-unread"}, nil)
		argument.AtLeast(1, args)
		switch {
		case set["-unread"] != "":
			argument.Exactly(1, args)
			holdUnread(s, argument.Count(args[0]))
		case len(args) == 1:
			holdIdle(s, argument.Count(args[0]))
		default:
			holdStuck(s, argument.Count(args[0]), s.Fill.Joined(args[1:]))
		}
	},
}, {
	Name: "threads", Args: "N", Group: "The program itself",
	Summary: "the program must be at rest and have at most N threads",
	Detail:  "The Go runtime has a few of its own; their number does not grow with the clients.",
	Run:     scene.OnCount(threads),
}, {
	Name: "memory", Args: "[-go] SIZE", Group: "The program itself",
	Summary: "the program may occupy at most SIZE more physical memory than when it announced",
	Detail: "A program with the race detector in it may occupy ten times as much. " +
		"With -go only a Go program is looked at: others may collect their garbage as late as they like.",
	Run: func(s *scene.Scene, args []string) {
		set, args := argument.Flags(args, []string{"-go"}, nil)
		argument.Exactly(1, args)
		if set["-go"] == "" || s.Prog.IsGo() {
			memory(s, argument.Size(args[0]))
		}
	},
}, {
	Name: "source", Args: "[-without-import PATH[,PATH...]] [-without-go]", Group: "The program itself",
	Summary: "the program must not import any of the packages, and its Go files must start no goroutine",
	Detail: "Packages are named by their exact import paths. A package that another one brings in also counts: what " +
		"is linked into the program decides. The files are those that are compiled on this system. For a program of " +
		"which only the executable is known the scenario is skipped.",
	Run: source,
}}

func holdIdle(s *scene.Scene, n int) {
	crowd(s, n, wire.Default, "say nothing")
	s.Mute, s.Hurry = false, false
}

// holdStuck connects n clients that send data and read nothing.
func holdStuck(s *scene.Scene, n int, data []byte) {
	clients := crowd(s, n, wire.Small, "each sends the same and reads nothing")
	defer func() { s.Mute, s.Hurry = false, false }()
	for _, c := range clients {
		stream.Put(s, c, data)
	}
	s.Pause()
}

// holdUnread connects n clients that send to an echo, and do not read, until the
// program waits to write to each.
func holdUnread(s *scene.Scene, n int) {
	clients := crowd(s, n, wire.Small, "each sends and does not read until the program waits")
	defer func() { s.Mute, s.Hurry = false, false }()
	fillAll(s, clients, make([]int, n))
}

func threads(s *scene.Scene, most int) {
	p := s.Main()
	scene.RestLong(s, p)
	act := p.Look()
	switch {
	case act.State == probe.Unknown:
		s.Lacks("this system does not say how many threads a program has")
		return
	case p.Gone():
		s.Dead(p, record.Verdict{})
	case act.Threads <= most:
		s.Record(record.Event{Kind: record.Note, What: record.Say("at most %d threads", most)})
		return
	}
	s.RejectAt(p, "", record.Say("more than %d threads", most),
		record.Verdict{Code: record.Threads,
			What: record.Say("with %d clients connected the %s has more than %d threads",
				len(s.Open()), s.Kind(), most)})
}

// raceMemory is how much more memory the race detector may need.
const raceMemory = 10

func memory(s *scene.Scene, most int) {
	p := s.Main()
	scene.RestLong(s, p)
	now, err := probe.Memory(p.Look().PIDs)
	if err != nil || p.Memory == 0 {
		s.Lacks("this system does not say how much memory a program occupies")
		return
	}
	if s.Prog.Race {
		most *= raceMemory
	}
	if now-p.Memory <= int64(most) {
		s.Record(record.Event{Kind: record.Note,
			What: record.Say("at most %s more memory than at the start", record.Bytes(most))})
		return
	}
	s.RejectAt(p, "", record.Say("more than %s more memory than at the start", record.Bytes(most)),
		record.Verdict{Code: record.Memory,
			What: record.Say("the %s occupies %s more memory than when it announced its address, "+
				"and %s are allowed", s.Kind(), record.Varies(record.Bytes(int(now-p.Memory)), "N bytes"),
				record.Bytes(most))})
}

func source(s *scene.Scene, args []string) {
	set, args := argument.Flags(args, []string{"-without-go"}, []string{"-without-import"})
	argument.Exactly(0, args)
	if len(s.Programs) == 0 {
		s.Misuse("no program runs yet: begin with serve or run")
	}
	if s.Prog.Sources == nil {
		s.Skip("only the executable of this program is known, and this scenario looks at its Go files")
	}
	paths := strings.Split(set["-without-import"], ",")
	var found []string
	for _, file := range s.Prog.Sources {
		text, err := s.Prog.Text(file)
		if err != nil {
			s.Fail(record.Verdict{Code: record.CannotGrade, What: record.Say("%v", err)})
		}
		found = append(found, uses(filepath.Base(file), text, paths, set["-without-go"] != "")...)
	}
	if len(found) == 0 {
		found = linked(s, paths)
	}
	if len(found) == 0 {
		s.Record(record.Event{Kind: record.Note,
			What: record.Say("its Go files use nothing that this unit does without")})
		return
	}
	s.Reject("", record.Say("its Go files use what this unit does without"),
		record.Verdict{Code: record.Source,
			What:  record.Say("the program's text uses what this unit does without: %v", found[0]),
			Where: scene.Phrases(found)})
}

// linked lists which of the packages come into the program by others that it imports.
// Packages that no program can import itself do not count: os brings some of them.
func linked(s *scene.Scene, paths []string) (found []string) {
	if s.Prog.Linked == nil {
		return nil
	}
	chains, err := s.Prog.Linked(s.Ctx, paths)
	if err != nil {
		s.Fail(record.Verdict{Code: record.CannotGrade, What: record.Say("%v", err)})
	}
	for _, path := range paths {
		if chain := chains[path]; len(chain) > 1 && !strings.HasPrefix(path, "internal/") {
			found = append(found, fmt.Sprintf("imports %q, which brings in %q", chain[0], path))
		}
	}
	return found
}

// uses lists where a file imports one of paths, and where it starts goroutines.
func uses(name string, text []byte, paths []string, goToo bool) []string {
	set := token.NewFileSet()
	tree, err := parser.ParseFile(set, name, text, parser.SkipObjectResolution)
	if err != nil {
		return []string{fmt.Sprintf("%s cannot be read: %v", name, err)} // it was compiled, so it can
	}
	var found []string
	add := func(at token.Pos, what string) {
		found = append(found, fmt.Sprintf("%s:%d  %s", name, set.Position(at).Line, what))
	}
	for _, imported := range tree.Imports {
		if path, err := strconv.Unquote(imported.Path.Value); err == nil && slices.Contains(paths, path) {
			add(imported.Pos(), "imports "+imported.Path.Value)
		}
	}
	own := methods(tree)
	ast.Inspect(tree, func(n ast.Node) bool {
		if goToo && startsGoroutine(n, own) {
			add(n.Pos(), "starts a goroutine")
		}
		return true
	})
	return found
}

// startsGoroutine reports whether n is a go statement, or names a method that has one
// inside, such as Go of sync.WaitGroup. A method of the file's own may have that name. A
// timer of time.AfterFunc, which a loop may use to be woken, is none.
func startsGoroutine(n ast.Node, own map[string]bool) bool {
	if _, ok := n.(*ast.GoStmt); ok {
		return true
	}
	sel, ok := n.(*ast.SelectorExpr)
	return ok && sel.Sel.Name == "Go" && !own[sel.Sel.Name]
}

// methods returns the names of the methods that a file declares.
func methods(tree *ast.File) map[string]bool {
	names := map[string]bool{}
	for _, d := range tree.Decls {
		if f, ok := d.(*ast.FuncDecl); ok && f.Recv != nil {
			names[f.Name.Name] = true
		}
	}
	return names
}
