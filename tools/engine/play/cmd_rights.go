package play

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
	"loopback/tools/engine/probe"
	"loopback/tools/engine/wire"
)

// rightsCommands are about what Unix sockets can do and others cannot: descriptors are
// handed on (SCM_RIGHTS), and messages keep their boundaries (SOCK_SEQPACKET).
var rightsCommands = []Command{{
	Name: "descriptor", Args: "[-at N] NAME KIND [TEXT...]", Group: "Descriptors and messages",
	Summary: "open something whose descriptor can be handed on by sendmsg",
	Detail: "KIND is file, a regular file with TEXT in it, of which N bytes have been read; write-only, such a file " +
		"that can only be written; pipe, of which the reading end is handed on; nonblocking-pipe, the same with " +
		"O_NONBLOCK; broken, a socket of which TEXT can be read, and then comes an error; folder; or endless, " +
		"/dev/zero.",
	run: (*scene).descriptor,
}, {
	Name: "sendmsg", Args: "CONN TEXT NAME[*N]...", Group: "Descriptors and messages",
	Summary: "send TEXT in one sendmsg(2), once the program is at rest, and with it descriptors of these",
	Detail:  "NAME*N is N descriptors of the same file.",
	run:     (*scene).sendmsg,
}, {
	Name: "fill", Args: "NAME TEXT...", Group: "Descriptors and messages",
	Summary: "write TEXT into a pipe",
	run: func(s *scene, args []string) {
		atLeast(2, args)
		h := s.handed(args[0])
		s.rest(s.main())
		data := s.fill.joined(args[1:])
		if _, err := h.write.Write(data); err != nil {
			s.misuse("the pipe %s: %v", args[0], err) // the grader has a reading end, too
		}
		s.record(record.Event{Kind: record.Note, What: record.Say("into the pipe %s: %s", args[0],
			record.Quoting(data, len(data), 40))})
	},
}, {
	Name: "shut", Args: "NAME", Group: "Descriptors and messages",
	Summary: "close the writing end of a pipe",
	run: func(s *scene, args []string) {
		exactly(1, args)
		s.rest(s.main())
		s.hangUp(s.handed(args[0]))
		s.record(record.Event{Kind: record.Note, What: record.Say("the pipe %s ends", args[0])})
	},
}, {
	Name: "not-held", Args: "NAME...", Group: "Descriptors and messages",
	Summary: "the program must have no descriptor of these any more",
	run:     (*scene).holdsNot,
}, {
	Name: "as-lent", Args: "NAME...", Group: "Descriptors and messages",
	Summary: "of these the flag O_NONBLOCK, which all descriptors of an open file share, must be as it was",
	run:     (*scene).asLent,
}, {
	Name: "offset", Args: "NAME N", Group: "Descriptors and messages",
	Summary: "the offset of a file, which all its descriptors share, must be N",
	run: func(s *scene, args []string) {
		exactly(2, args)
		s.rest(s.main())
		at, err := s.handed(args[0]).file.Seek(0, io.SeekCurrent)
		if err != nil || at != int64(size(args[1])) {
			s.reject("", record.Say("the offset of %s is %d", args[0], at), record.Verdict{Code: record.File,
				What: record.Say("the offset of %s, which its descriptors share, is %d; it should be %s", args[0], at,
					args[1])})
		}
	},
}, {
	Name: "message", Args: "NAME TEXT...", Group: "Descriptors and messages",
	Summary: "exactly TEXT must come next, as one message of a SOCK_SEQPACKET socket",
	run:     onBytes((*scene).message),
}}

// handed is a file whose descriptors are handed on.
type handed struct {
	file  *os.File
	write *os.File // of a pipe
	name  string   // as the kernel calls it: see probe.Descriptor
	waits bool     // it had no O_NONBLOCK when it was opened
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
func (s *scene) hangUp(h *handed) {
	h.write.Close()
	for s.ctx.Err() == nil && !wire.HungUp(h.file, slice) {
	}
}

func (s *scene) handed(name string) *handed {
	h := heldOf(s).files[name]
	if h == nil {
		s.misuse("no descriptor is called %q", name)
	}
	return h
}

func (s *scene) descriptor(args []string) {
	set, args := flags(args, nil, []string{"-at"})
	atLeast(2, args)
	s.descriptorOf(args[0], args[1], s.fill.joined(args[2:]))
	if at := set["-at"]; at != "" {
		s.handed(args[0]).file.Seek(int64(size(at)), io.SeekStart)
	}
}

// descriptorOf opens something of this kind, and calls it name.
func (s *scene) descriptorOf(name, kind string, text []byte) {
	s.needUnix()
	h, err := opened(kind, text)
	if err == nil {
		h.waits = waits(h.file)
		h.name, err = linkOf(h.file)
	}
	if err != nil {
		s.fail(record.Verdict{Code: record.CannotGrade,
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
	case "broken":
		f, err := brokenSocket(text)
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
	panic(usage(fmt.Sprintf("%q is no kind", kind)))
}

func (s *scene) sendmsg(args []string) {
	atLeast(2, args)
	s.sendRights(s.conn(args[0]), s.fill.text(args[1]), args[2:])
}

// sendRights sends data, and with it descriptors of what these words name.
func (s *scene) sendRights(c *wire.Conn, data []byte, names []string) {
	if len(names) == 0 {
		s.send(c, data)
		return
	}
	var files []*os.File
	for _, arg := range names {
		name, times, many := strings.Cut(arg, "*")
		n := 1
		if many {
			n = count(times)
		}
		files = append(files, slices.Repeat([]*os.File{s.handed(name).file}, n)...)
	}
	s.rest(s.owner(c))
	s.stillOpen(c, data)
	var failed error
	end := s.await(s.owner(c), nil, func(d time.Duration) progress {
		if failed = c.SendRights(data, files, d); failed == wire.ErrLater {
			failed = nil
			return nothing
		}
		return done
	})
	with := "1 descriptor"
	if len(files) != 1 {
		with = strconv.Itoa(len(files)) + " descriptors"
	}
	s.record(record.Event{Conn: c.Name, Kind: record.Out, Data: data, Size: len(data),
		What: record.Say("%s and %s (%s)", record.Quoting(data, len(data), 24), with, strings.Join(names, ", "))})
	s.given(c, len(data), failed, end)
}

func (s *scene) holdsNot(args []string) {
	atLeast(1, args)
	p := s.main()
	var kept string
	end := s.await(p, nil, func(d time.Duration) progress {
		all, err := probe.Descriptors(probe.Look(p.proc.PID()).PIDs)
		if err != nil {
			s.lacks("this system does not tell which descriptors a program has")
			return done
		}
		kept = ""
		for _, name := range args {
			if slices.ContainsFunc(all, func(d probe.Descriptor) bool { return d.Target == s.handed(name).name }) {
				kept = name
			}
		}
		if kept == "" {
			return done
		}
		p.pause(d)
		return nothing
	})
	switch end {
	case happened:
		s.record(record.Event{Kind: record.Note, What: record.Say("it has no descriptor of %s any more",
			strings.Join(args, ", "))})
		return
	case ended:
		s.judge(p, end, owes{})
	}
	s.rejectAt(p, "", record.Say("it still holds a descriptor of %s", kept), record.Verdict{Code: record.Leak,
		ByTime: end == slept,
		What:   record.Say("the server still holds a descriptor of %s, which it does not need any more", kept)})
}

func (s *scene) asLent(args []string) {
	atLeast(1, args)
	s.rest(s.main())
	for _, name := range args {
		h := s.handed(name)
		if waits(h.file) == h.waits {
			continue
		}
		now, was := "without", "with"
		if h.waits {
			now, was = was, now
		}
		s.reject("", record.Say("%s is %s O_NONBLOCK now", name, now), record.Verdict{Code: record.File,
			What: record.Say("the open file %s, which the client has, too, is %s O_NONBLOCK now; it was handed on %s",
				name, now, was)})
	}
}

// message reads one message.
func (s *scene) message(c *wire.Conn, want []byte) {
	if !c.Messages {
		s.misuse("%s is a stream: it has no messages", c.Name)
	}
	var got []byte
	var failed error
	end := s.await(s.owner(c), c, func(d time.Duration) progress {
		got, failed = c.ReadMessage(d)
		if len(got) == 0 && failed == wire.ErrLater {
			failed = nil
			return nothing
		}
		return done
	})
	s.compare(c, want, got, failed, end)
}
