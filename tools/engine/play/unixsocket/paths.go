package unixsocket

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"loopback/tools/base/record"
	"loopback/tools/engine/play/argument"
	"loopback/tools/engine/play/scene"
	"loopback/tools/engine/play/server"
	"loopback/tools/engine/probe"
	"loopback/tools/engine/wire"
)

// within is path as a report names it: from the program's folder on.
func within(s *scene.Scene, path string) string {
	return strings.TrimPrefix(path, s.Tmp+string(filepath.Separator))
}

// pathCommands are about the names that Unix sockets have in the file system.
var pathCommands = []scene.Command{{
	Name: "place", Args: "KIND PATH [TEXT...]", Group: "Unix sockets and their paths",
	Summary: "put something at PATH, in the program's folder, before the program comes",
	Detail: "KIND is stale, a socket on which no program listens any more; live, one on which the grader listens; " +
		"live-packets and live-datagrams, the same of type SOCK_SEQPACKET and SOCK_DGRAM; full, one whose queue of " +
		"connections is full; file, a regular file with TEXT in it; folder; fifo; or link, a symbolic link to TEXT.",
	Run: place,
}, {
	Name: "kept", Args: "PATH", Group: "Unix sockets and their paths",
	Summary: "what place has put at PATH must still be there, as it was",
	Run:     func(s *scene.Scene, args []string) { argument.Exactly(1, args); kept(s, args[0]) },
}, {
	Name: "absent", Args: "PATH", Group: "Unix sockets and their paths",
	Summary: "nothing may be at PATH, once the program is at rest or has ended",
	Run:     func(s *scene.Scene, args []string) { argument.Exactly(1, args); absent(s, args[0]) },
}, {
	Name: "present", Args: "PATH", Group: "Unix sockets and their paths",
	Summary: "something must be at PATH, once the program is at rest or has ended",
	Run:     func(s *scene.Scene, args []string) { argument.Exactly(1, args); present(s, args[0]) },
}, {
	Name: "remove", Args: "PATH", Group: "Unix sockets and their paths",
	Summary: "remove what is at PATH, as rm does",
	Run: func(s *scene.Scene, args []string) {
		argument.Exactly(1, args)
		s.Rest(s.Main())
		path := s.InFolder(args[0])
		switch err := os.Remove(path); {
		case errors.Is(err, fs.ErrNotExist):
			s.Misuse("%v", err)
		case err != nil:
			s.Skip("this system cannot remove such a file: " + err.Error())
		}
		s.Record(record.Event{Kind: record.Note, What: record.Say("the grader removes %s", within(s, path))})
	},
}, {
	Name: "move", Args: "PATH TO", Group: "Unix sockets and their paths",
	Summary: "give what is at PATH the name TO, as mv does",
	Run: func(s *scene.Scene, args []string) {
		argument.Exactly(2, args)
		s.Rest(s.Main())
		if err := os.Rename(s.InFolder(args[0]), s.InFolder(args[1])); err != nil {
			s.Misuse("%v", err)
		}
		s.Record(record.Event{Kind: record.Note, What: record.Say("the grader moves %s to %s", args[0], args[1])})
	},
}, {
	Name: "watch", Args: "", Group: "Unix sockets and their paths",
	Summary: "note from now on what happens in the program's folder (inotify(7)), for born and removed-under",
	Run: func(s *scene.Scene, args []string) {
		argument.Exactly(0, args)
		server.NeedUnix(s)
		changes, err := probe.Watch(s.Tmp)
		if err != nil {
			s.Fail(record.Verdict{Code: record.CannotGrade, What: record.Say("the folder cannot be watched: %v", err)})
		}
		heldOf(s).changes = changes
	},
}, {
	Name: "born", Args: "PATH MODE", Group: "Unix sockets and their paths",
	Summary: "PATH must be a socket with this MODE, and since watch it must never have had another",
	Detail:  "That is so when no mode was changed since the name PATH came into being.",
	Run:     func(s *scene.Scene, args []string) { argument.Exactly(2, args); bornWith(s, args[0], args[1]) },
}, {
	Name: "mode", Args: "PATH MODE", Group: "Unix sockets and their paths",
	Summary: "PATH must be a socket with this MODE, in octal",
	Run:     func(s *scene.Scene, args []string) { argument.Exactly(2, args); hasMode(s, args[0], args[1]) },
}, {
	Name: "removed-under", Args: "PATH LOCK", Group: "Unix sockets and their paths",
	Summary: "since watch PATH must have been removed, and LOCK, whose lock the program has, not closed before",
	Detail: "The kernel notes both in the order in which they happen. A lock ends when its file is closed. What is " +
		"closed last is looked at: the program may have opened the file more than once.",
	Run: func(s *scene.Scene, args []string) { argument.Exactly(2, args); removedUnder(s, args[0], args[1]) },
}, {
	Name: "never-removed", Args: "PATH", Group: "Unix sockets and their paths",
	Summary: "since watch no program may have removed PATH, or given it another name",
	Run:     func(s *scene.Scene, args []string) { argument.Exactly(1, args); neverRemoved(s, args[0]) },
}, {
	Name: "lock", Args: "PATH", Group: "Unix sockets and their paths",
	Summary: "take the exclusive lock (flock(2)) of the file PATH, which is made when it is not there",
	Run:     func(s *scene.Scene, args []string) { argument.Exactly(1, args); lockFile(s, args[0]) },
}, {
	Name: "unlock", Args: "PATH", Group: "Unix sockets and their paths",
	Summary: "give that lock back",
	Run: func(s *scene.Scene, args []string) {
		argument.Exactly(1, args)
		held, ok := heldOf(s).locks[args[0]]
		if !ok {
			s.Misuse("%s is not locked by the grader", args[0])
		}
		held.file.Close()
		delete(heldOf(s).locks, args[0])
	},
}, {
	Name: "locked", Args: "PATH", Group: "Unix sockets and their paths",
	Summary: "the program must hold the exclusive lock (flock(2)) of the file PATH",
	Run:     func(s *scene.Scene, args []string) { argument.Exactly(1, args); locked(s, args[0]) },
}}

// lock is a file that the grader has locked.
type lock struct{ file *os.File }

// placed is what was at a path, as it was.
type placed struct {
	info fs.FileInfo
	text []byte
	live *wire.Listener
	// bound is a socket for datagrams, which nobody connects to.
	bound *net.UnixConn
}

func place(s *scene.Scene, args []string) {
	argument.AtLeast(2, args)
	server.NeedUnix(s)
	kind, path := args[0], s.InFolder(args[1])
	var p placed
	var err error
	switch kind {
	case "stale":
		var ln *net.UnixListener
		if ln, err = net.ListenUnix("unix", &net.UnixAddr{Net: "unix", Name: path}); err == nil {
			ln.SetUnlinkOnClose(false)
			ln.Close()
		}
	case "live", "live-packets":
		network := wire.Unix
		if kind == "live-packets" {
			network = wire.UnixPacket
		}
		p.live, err = wire.ListenUnix(args[1], network, args[1], path)
	case "live-datagrams":
		p.bound, err = net.ListenUnixgram("unixgram", &net.UnixAddr{Net: "unixgram", Name: path})
	case "full":
		if p.live, err = wire.ListenUnix(args[1], wire.Unix, args[1], path); err == nil {
			err = p.live.Crowd(path)
		}
	case "file":
		p.text = s.Fill.Joined(args[2:])
		err = os.WriteFile(path, p.text, 0o644)
	case "folder":
		err = os.Mkdir(path, 0o755)
	case "fifo":
		err = scene.MakeFIFO(path)
	case "link":
		err = os.Symlink(string(s.Fill.Joined(args[2:])), path)
	default:
		panic(argument.Usage(fmt.Sprintf("%q is not a kind", kind)))
	}
	if err == nil {
		p.info, err = os.Lstat(path)
	}
	if err != nil {
		s.Fail(record.Verdict{Code: record.CannotGrade,
			What: record.Say("the grader could not make %s: %v", args[1], err)})
	}
	heldOf(s).placed[args[1]] = p
	s.Record(record.Event{Kind: record.Note, What: record.Say("at %s: %s", args[1], kindNames[kind])})
}

// kindNames says what place has put somewhere.
var kindNames = map[string]string{
	"stale": "a socket on which no program listens any more", "live": "a socket on which another program listens",
	"live-packets":   "a SOCK_SEQPACKET socket on which another program listens",
	"live-datagrams": "a SOCK_DGRAM socket of another program",
	"full":           "a socket on which another program listens, whose queue is full",
	"file":           "a regular file", "folder": "a folder", "fifo": "a named pipe", "link": "a symbolic link",
}

// wrongFile fails because of what is, or is not, at a path.
func wrongFile(s *scene.Scene, row, what record.Phrase) {
	s.Reject("", row, record.Verdict{Code: record.File, Evidence: s.Gather(nil, s.Main()), What: what,
		Words: s.Main().LastWords(3)})
}

// settledFiles waits until all programs have done what they were going to do.
func settledFiles(s *scene.Scene) {
	for _, p := range s.Programs {
		s.Rest(p)
	}
}

func kept(s *scene.Scene, path string) {
	name := record.Foreign(path)
	settledFiles(s)
	was, ok := heldOf(s).placed[path]
	if !ok {
		s.Misuse("nothing was placed at %s", path)
	}
	info, err := os.Lstat(s.InFolder(path))
	if err != nil {
		wrongFile(s, record.Say("%s is gone", name),
			record.Say("%s is not there any more: it was not the program's to remove", name))
	}
	if !os.SameFile(info, was.info) || info.Mode() != was.info.Mode() {
		wrongFile(s, record.Say("%s is another file", name),
			record.Say("what is at %s is not what was there: it was not the program's to replace", name))
	}
	if text, _ := os.ReadFile(s.InFolder(path)); info.Mode().IsRegular() && !bytes.Equal(text, was.text) {
		wrongFile(s, record.Say("%s was changed", name), record.Say("what is in %s has been changed", name))
	}
}

func absent(s *scene.Scene, path string) {
	name := record.Foreign(path)
	settledFiles(s)
	if info, err := os.Lstat(s.InFolder(path)); err == nil {
		wrongFile(s, record.Say("%s is there", name), record.Say("%s should not be there, and is: %v", name,
			fileKind(info)))
	}
}

func present(s *scene.Scene, path string) {
	name := record.Foreign(path)
	settledFiles(s)
	if _, err := os.Lstat(s.InFolder(path)); err != nil {
		wrongFile(s, record.Say("%s is gone", name), record.Say("%s should be there, and is not", name))
	}
}

func fileKind(info fs.FileInfo) string {
	switch m := info.Mode(); {
	case m&fs.ModeSocket != 0:
		return "a socket"
	case m.IsDir():
		return "a folder"
	case m.IsRegular():
		return "a regular file"
	}
	return "a file of another kind"
}

func hasMode(s *scene.Scene, path, mode string) {
	name := record.Foreign(path)
	want, err := strconv.ParseUint(mode, 8, 32)
	if err != nil {
		panic(argument.Usage(fmt.Sprintf("%q is not a mode in octal", mode)))
	}
	settledFiles(s)
	info, err := os.Lstat(s.InFolder(path))
	if err != nil || info.Mode()&fs.ModeSocket == 0 {
		wrongFile(s, record.Say("%s is not a socket", name), record.Say("%s should be a socket", name))
	}
	if got := info.Mode().Perm(); got != fs.FileMode(want) {
		wrongFile(s, record.Say("%s has mode %04o", name, got),
			record.Say("the mode of %s is %04o; it should be %04o", name, got, want))
	}
}

// changesOf returns what has happened in the program's folder since watch.
func changesOf(s *scene.Scene) []probe.Change {
	changes := heldOf(s).changes
	if changes == nil {
		s.Misuse("nothing was noted: begin with watch")
	}
	return changes.Since()
}

func removedUnder(s *scene.Scene, path, lock string) {
	name, file := record.Foreign(path), record.Foreign(lock)
	absent(s, path)
	removed, closed := -1, -1
	for i, c := range changesOf(s) {
		switch {
		case c.Name == filepath.Base(path) && c.Gone:
			removed = i
		case c.Name == filepath.Base(lock) && c.Shut:
			closed = i
		}
	}
	if closed >= 0 && closed < removed {
		wrongFile(s, record.Say("%s was closed before %s was removed", file, name),
			record.Say("the program closed %s, and so gave its lock back, before it removed %s", file, name))
	}
	s.Record(record.Event{Kind: record.Note, What: record.Say("%s was removed before %s was closed", name, file)})
}

func neverRemoved(s *scene.Scene, path string) {
	name := record.Foreign(path)
	for _, c := range changesOf(s) {
		if c.Name == filepath.Base(path) && c.Gone {
			wrongFile(s, record.Say("%s was removed", name), record.Say("the program has removed %s", name))
		}
	}
	s.Record(record.Event{Kind: record.Note, What: record.Say("%s was not removed", name)})
}

func bornWith(s *scene.Scene, path, mode string) {
	name := record.Foreign(path)
	hasMode(s, path, mode)
	changed := false
	for _, c := range changesOf(s) {
		if c.Name == filepath.Base(path) {
			changed = c.Attr || changed && !c.Made
		}
	}
	if changed {
		wrongFile(s, record.Say("the mode of %s was changed after it had been made", name),
			record.Say("the mode of %s is %s now, but when the socket was made it was another: it was changed "+
				"afterwards (chmod)", name, mode))
	}
	s.Record(record.Event{Kind: record.Note, What: record.Say("%s has had mode %s from the beginning", name, mode)})
}

func lockFile(s *scene.Scene, path string) {
	name := record.Foreign(path)
	server.NeedUnix(s)
	f, err := os.OpenFile(s.InFolder(path), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil || !scene.TryLock(f) {
		s.Fail(record.Verdict{Code: record.CannotGrade, What: record.Say("the grader could not lock %s", name)})
	}
	heldOf(s).locks[path] = lock{f}
	s.Record(record.Event{Kind: record.Note, What: record.Say("another program holds the lock of %s", name)})
}

func locked(s *scene.Scene, path string) {
	name := record.Foreign(path)
	settledFiles(s)
	f, err := os.OpenFile(s.InFolder(path), os.O_RDWR, 0)
	if err != nil {
		wrongFile(s, record.Say("%s is not there", name), record.Say("%s should be there, and is not", name))
	}
	defer f.Close()
	switch {
	case scene.TryLock(f):
		wrongFile(s, record.Say("%s is not locked", name),
			record.Say("the lock of %s is free, so another program can take it", name))
	case scene.TryShare(f):
		wrongFile(s, record.Say("%s is not locked exclusively", name),
			record.Say("the lock of %s is a shared one (LOCK_SH), which other programs can have meanwhile", name))
	}
	s.Record(record.Event{Kind: record.Note, What: record.Say("it holds the lock of %s", name)})
}
