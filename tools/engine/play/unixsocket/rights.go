package unixsocket

import (
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"loopback/tools/base/record"
	"loopback/tools/engine/play/argument"
	"loopback/tools/engine/play/scene"
	"loopback/tools/engine/play/server"
	"loopback/tools/engine/play/stream"
	"loopback/tools/engine/probe"
	"loopback/tools/engine/wire"
)

// rightsCommands are about what Unix sockets can do and others cannot: descriptors are
// handed on (SCM_RIGHTS), and messages keep their boundaries (SOCK_SEQPACKET).
var rightsCommands = []scene.Command{{
	Name: "descriptor", Args: "[-at N] NAME KIND [TEXT...]", Group: "Descriptors and messages",
	Summary: "open something whose descriptor can be handed on by sendmsg",
	Detail: "KIND is file, a regular file with TEXT in it, of which N bytes have been read; write-only, such a file " +
		"that can only be written; pipe, of which the reading end is handed on; nonblocking-pipe, the same with " +
		"O_NONBLOCK; greedy, a socket of which a read waits until its buffer is full (SO_RCVLOWAT), with what has " +
		"come in it already; broken, a socket of which TEXT can be read, and then comes an error; folder; or " +
		"endless, /dev/zero.",
	Run: descriptor,
}, {
	Name: "sendmsg", Args: "CONN[,CONN]... TEXT NAME[*N]...", Group: "Descriptors and messages",
	Summary: "send TEXT in one sendmsg(2), once the program is at rest, and with it descriptors of these",
	Detail: "NAME*N is N descriptors of the same file. Several connections send the same, one after another. TEXT " +
		"may be '' where a socket keeps boundaries (unixpacket).",
	Run: sendmsg,
}, {
	Name: "fill", Args: "NAME TEXT...", Group: "Descriptors and messages",
	Summary: "write TEXT into a pipe, or into a greedy socket",
	Run: func(s *scene.Scene, args []string) {
		argument.AtLeast(2, args)
		h := handedOf(s, args[0])
		s.Rest(s.Main())
		data := s.Fill.Joined(args[1:])
		if _, err := h.write.Write(data); err != nil {
			s.Misuse("the pipe %s: %v", args[0], err) // the grader has a reading end, too
		}
		s.Record(record.Event{Kind: record.Note, What: record.Say("into the %s %s: %s", h.noun(), args[0],
			record.Quoting(data, len(data), 40))})
	},
}, {
	Name: "shut", Args: "NAME", Group: "Descriptors and messages",
	Summary: "close the writing end of a pipe, or of a greedy socket",
	Run: func(s *scene.Scene, args []string) {
		argument.Exactly(1, args)
		s.Rest(s.Main())
		h := handedOf(s, args[0])
		hangUp(s, h)
		s.Record(record.Event{Kind: record.Note, What: record.Say("the %s %s ends", h.noun(), args[0])})
	},
}, {
	Name: "not-held", Args: "NAME...", Group: "Descriptors and messages",
	Summary: "the program must have no descriptor of these any more",
	Run:     holdsNot,
}, {
	Name: "as-lent", Args: "NAME...", Group: "Descriptors and messages",
	Summary: "of these the flag O_NONBLOCK, which all descriptors of an open file share, must be as it was",
	Run:     asLent,
}, {
	Name: "nonblock", Args: "[-off] NAME...", Group: "Descriptors and messages",
	Summary: "set the flag O_NONBLOCK of these, which all descriptors of an open file share; with -off take it away",
	Detail:  "That is done once the program is at rest. It is what as-lent expects from then on.",
	Run:     nonblock,
}, {
	Name: "offset", Args: "NAME N", Group: "Descriptors and messages",
	Summary: "the offset of a file, which all its descriptors share, must be N",
	Run: func(s *scene.Scene, args []string) {
		argument.Exactly(2, args)
		s.Rest(s.Main())
		at, err := handedOf(s, args[0]).file.Seek(0, io.SeekCurrent)
		if err != nil || at != int64(argument.Size(args[1])) {
			s.Reject("", record.Say("the offset of %s is %d", args[0], at), record.Verdict{Code: record.File,
				What: record.Say("the offset of %s, which its descriptors share, is %d; it should be %s", args[0], at,
					args[1])})
		}
	},
}, {
	Name: "message", Args: "NAME TEXT...", Group: "Descriptors and messages",
	Summary: "exactly TEXT must come next, as one message of a SOCK_SEQPACKET socket",
	Run:     scene.OnBytes(message),
}}

// handed is a file whose descriptors are handed on.
type handed struct {
	file  *os.File
	write *os.File // of a pipe, or a greedy socket
	name  string   // as the kernel calls it: see probe.Descriptor
	waits bool     // it had no O_NONBLOCK when it was opened
}

// noun says what can be written into.
func (h *handed) noun() string {
	if strings.HasPrefix(h.name, "socket:") {
		return "socket"
	}
	return "pipe"
}

func (h *handed) close() {
	h.file.Close()
	if h.write != nil {
		h.write.Close()
	}
}

// hangUp closes the writing end of a pipe, and waits until the kernel says that there
// is none: a program of another scenario that is just being started has a copy of it
// until it is executed, and on a busy machine that takes longer than to prove that a
// reader sleeps.
func hangUp(s *scene.Scene, h *handed) {
	h.write.Close()
	for s.Ctx.Err() == nil && !wire.HungUp(h.file, scene.Slice) {
	}
}

func handedOf(s *scene.Scene, name string) *handed {
	h := heldOf(s).files[name]
	if h == nil {
		s.Misuse("no descriptor is called %q", name)
	}
	return h
}

func descriptor(s *scene.Scene, args []string) {
	set, args := argument.Flags(args, nil, []string{"-at"})
	argument.AtLeast(2, args)
	descriptorOf(s, args[0], args[1], s.Fill.Joined(args[2:]))
	if at := set["-at"]; at != "" {
		handedOf(s, args[0]).file.Seek(int64(argument.Size(at)), io.SeekStart)
	}
}

// descriptorOf opens something of this kind, and calls it name.
func descriptorOf(s *scene.Scene, name, kind string, text []byte) {
	server.NeedUnix(s)
	h, err := opened(kind, text)
	if err == nil {
		h.waits = scene.Waits(h.file)
		h.name, err = linkOf(h.file)
	}
	if err != nil {
		s.Fail(record.Verdict{Code: record.CannotGrade,
			What: record.Say("the grader could not open a %s: %v", kind, err)})
	}
	heldOf(s).files[name] = h
}

// linkOf returns what the kernel calls an open file.
func linkOf(f *os.File) (string, error) {
	fd, err := wire.NumberOf(f)
	if err != nil {
		return "", err
	}
	return os.Readlink(fmt.Sprintf("/proc/self/fd/%d", fd))
}

// opened opens something of this kind. It has no name in any folder, or is the system's.
func opened(kind string, text []byte) (*handed, error) {
	switch kind {
	case "endless":
		f, err := os.Open("/dev/zero")
		return &handed{file: f}, err
	case "pipe", "nonblocking-pipe":
		r, w, err := os.Pipe() // package os gives both ends O_NONBLOCK
		if err == nil && kind == "pipe" {
			r.Fd() // and takes it away
		}
		return &handed{file: r, write: w}, err
	case "greedy":
		r, w, err := scene.GreedySocket()
		return &handed{file: r, write: w}, err
	case "broken":
		f, err := scene.BrokenSocket(text)
		return &handed{file: f}, err
	case "folder":
		dir, err := os.MkdirTemp("", "loopback-")
		if err != nil {
			return nil, err
		}
		defer os.Remove(dir)
		f, err := os.Open(dir)
		return &handed{file: f}, err
	case "file", "write-only":
		f, err := os.CreateTemp("", "loopback-")
		if err != nil {
			return nil, err
		}
		defer os.Remove(f.Name())
		_, err = f.Write(text)
		if err != nil || kind == "file" {
			_, back := f.Seek(0, io.SeekStart)
			return &handed{file: f}, errors.Join(err, back)
		}
		defer f.Close()
		only, err := os.OpenFile(f.Name(), os.O_WRONLY, 0)
		return &handed{file: only}, err
	}
	panic(argument.Usage(fmt.Sprintf("%q is not a kind", kind)))
}

func sendmsg(s *scene.Scene, args []string) {
	argument.AtLeast(2, args)
	for name := range strings.SplitSeq(args[0], ",") {
		sendRights(s, s.Conn(name), s.Fill.Text(args[1]), args[2:])
	}
}

// sendRights sends data, and with it descriptors of what these words name.
func sendRights(s *scene.Scene, c *wire.Conn, data []byte, names []string) {
	if len(names) == 0 {
		stream.Send(s, c, data)
		return
	}
	var files []*os.File
	for _, arg := range names {
		name, times, many := strings.Cut(arg, "*")
		n := 1
		if many {
			n = argument.Count(times)
		}
		files = append(files, slices.Repeat([]*os.File{handedOf(s, name).file}, n)...)
	}
	s.Rest(s.Owner(c))
	stream.StillOpen(s, c, data)
	var failed error
	end := s.Await(s.Owner(c), nil, func(d time.Duration) scene.Progress {
		if failed = c.SendRights(data, files, d); failed == wire.ErrLater {
			failed = nil
			return scene.Nothing
		}
		return scene.Done
	})
	with := "1 descriptor"
	if len(files) != 1 {
		with = strconv.Itoa(len(files)) + " descriptors"
	}
	s.Record(record.Event{Conn: c.Name, Kind: record.Out, Data: data, Size: len(data),
		What: record.Say("%s and %s (%s)", record.Quoting(data, len(data), 24), with, strings.Join(names, ", "))})
	stream.Given(s, c, len(data), failed, end)
}

func holdsNot(s *scene.Scene, args []string) {
	argument.AtLeast(1, args)
	p := s.Main()
	var kept string
	end := s.Await(p, nil, p.Looking(func() bool {
		all, err := probe.Descriptors(p.Look().PIDs)
		if err != nil {
			s.Lacks("this system does not tell which descriptors a program has")
			return true
		}
		kept = ""
		for _, name := range args {
			if slices.ContainsFunc(all, func(d probe.Descriptor) bool { return d.Target == handedOf(s, name).name }) {
				kept = name
			}
		}
		return kept == ""
	}))
	switch end {
	case scene.Happened:
		s.Record(record.Event{Kind: record.Note, What: record.Say("it has no descriptor of %s any more",
			strings.Join(args, ", "))})
		return
	case scene.Ended:
		s.Judge(p, end, scene.Owes{})
	}
	s.RejectAt(p, "", record.Say("it still holds a descriptor of %s", kept), record.Verdict{Code: record.Leak,
		ByTime: end == scene.Slept,
		What:   record.Say("the server still holds a descriptor of %s, which it does not need any more", kept)})
}

func asLent(s *scene.Scene, args []string) {
	argument.AtLeast(1, args)
	s.Rest(s.Main())
	for _, name := range args {
		h := handedOf(s, name)
		if scene.Waits(h.file) == h.waits {
			continue
		}
		now, was := "without", "with"
		if h.waits {
			now, was = was, now
		}
		s.Reject("", record.Say("%s is %s O_NONBLOCK now", name, now), record.Verdict{Code: record.File,
			What: record.Say("the open file %s, which the client also has, is %s O_NONBLOCK now; it was handed on %s",
				name, now, was)})
	}
}

func nonblock(s *scene.Scene, args []string) {
	set, args := argument.Flags(args, []string{"-off"}, nil)
	argument.AtLeast(1, args)
	_, off := set["-off"]
	s.Rest(s.Main())
	for _, name := range args {
		h := handedOf(s, name)
		if err := scene.SetWaits(h.file, off); err != nil {
			s.Fail(record.Verdict{Code: record.CannotGrade,
				What: record.Say("the grader could not change the flags of %s: %v", name, err)})
		}
		h.waits = off
		does := "sets"
		if off {
			does = "takes away"
		}
		s.Record(record.Event{Kind: record.Note, What: record.Say("the client %s O_NONBLOCK of %s", does, name)})
	}
}

// message reads one message.
func message(s *scene.Scene, c *wire.Conn, want []byte) {
	if !c.Messages {
		s.Misuse("%s is a stream: it has no messages", c.Name)
	}
	var got []byte
	var failed error
	end := s.Await(s.Owner(c), c, func(d time.Duration) scene.Progress {
		got, failed = c.ReadMessage(d)
		if len(got) == 0 && failed == wire.ErrLater {
			failed = nil
			return scene.Nothing
		}
		return scene.Done
	})
	stream.Compare(s, c, want, got, failed, end)
}
