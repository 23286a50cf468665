package play

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"loopback/tools/base/record"
)

var tftpUploadCommands = []Command{{
	Name: "bring", Args: "[-blocks N] [-twice] NAME [FILE TEXT...]", Group: "Files by datagrams",
	Summary: "NAME sends a write request for FILE, and TEXT in blocks; each must be acknowledged before the next",
	Detail: "With -blocks it stops behind that many, and with NAME alone it goes on. With -twice each block is sent " +
		"again when it has been acknowledged, and must be acknowledged again. What has come whole is known to " +
		"download.",
	run: (*scene).bring,
}, {
	Name: "holds", Args: "DIR FILE...", Group: "Files by datagrams",
	Summary: "the folder DIR must hold these files and folders, and nothing else",
	Detail:  "It may take as long as a program that waits for $patience gives a client.",
	run:     (*scene).folderHolds,
}}

func (s *scene) bring(args []string) {
	set, args := flags(args, []string{"-twice"}, []string{"-blocks"})
	atLeast(1, args)
	e, copies := s.peer(args[0]), 1
	if len(args) > 1 {
		name, server := string(s.fill.text(args[1])), s.addressee(e, s.ts.Getenv("server"))
		of[vocabulary](s)
		s.beginTransfer(e, name, server)
		getOf(s, e).name, getOf(s, e).file = name, s.fill.joined(args[2:])
		s.dispatch(e, tftpRequest(tftpWrite, name, "octet"), server)
		s.acknowledged(e, 0)
	}
	_, t := s.transferOf(args[0])
	if set["-twice"] != "" {
		copies = 2
	}
	last := len(t.file)/t.block + 1
	if set["-blocks"] != "" {
		last = min(last, t.last+count(set["-blocks"]))
	}
	for t.last < last {
		t.last++
		for range copies {
			s.toTransfer(e, tftpNumbered(tftpData, t.last, t.piece(t.last)))
			s.acknowledged(e, t.last)
		}
	}
	if len(t.piece(last)) < t.block {
		shelfOf(s).files = append(shelfOf(s).files, published{t.name, t.file})
	}
}

// acknowledged waits until the server acknowledges a block of e's. Where timers may
// fire meanwhile it may acknowledge an earlier one again.
func (s *scene) acknowledged(e *peer, block int) {
	for {
		got, from := s.nextPacket(e, record.Say("ACK %d does not come", block))
		p, ok := tftpOf(got)
		is := ok && p.op == tftpAck
		if !is || int(p.number) != block && (s.sc.Patience == 0 || int(p.number) > block) {
			s.reject(e.Name, record.Say("ACK %d is expected", block), record.Verdict{Code: record.WrongBytes,
				What: record.Say("%s came; ACK %d was expected", e.shown(got), block)})
		}
		if s.fromTransfer(e, from, p); int(p.number) == block {
			return
		}
	}
}

func (s *scene) folderHolds(args []string) {
	atLeast(1, args)
	dir, want := args[0], slices.Sorted(slices.Values(args[1:]))
	var got []string
	p := s.partner()
	defer s.longer(2 * lastWait)() // all tries of a transfer
	end := s.await(p, nil, func(d time.Duration) progress {
		if got = allIn(dir); slices.Equal(got, want) {
			return done
		}
		p.pause(d)
		return nothing
	})
	if end == happened {
		return
	}
	missing := slices.DeleteFunc(slices.Clone(want), func(f string) bool { return slices.Contains(got, f) })
	got = slices.DeleteFunc(got, func(f string) bool { return slices.Contains(want, f) })
	what := record.Say("the folder should hold %v", record.Foreign(strings.Join(missing, ", ")))
	if len(missing) == 0 {
		what = record.Say("the folder should not hold %v", record.Varies(strings.Join(got, ", "), "FILE"))
	}
	s.rejectAt(p, "", record.Say("this is not what the folder should hold"),
		record.Verdict{Code: record.File, What: what, ByTime: end == slept})
}

// allIn lists what is in a folder and its subfolders, in order.
func allIn(dir string) (all []string) {
	filepath.WalkDir(dir, func(path string, _ fs.DirEntry, err error) error {
		if err == nil && path != dir {
			all = append(all, strings.TrimPrefix(path, dir+string(os.PathSeparator)))
		}
		return nil
	})
	slices.Sort(all)
	return all
}
