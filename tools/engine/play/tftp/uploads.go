package tftp

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"loopback/tools/base/record"
	"loopback/tools/engine/play/argument"
	"loopback/tools/engine/play/datagram"
	"loopback/tools/engine/play/payload"
	"loopback/tools/engine/play/programs"
	"loopback/tools/engine/play/scene"
)

var uploadCommands = []scene.Command{{
	Name: "bring", Args: "[-blocks N] [-twice] NAME [FILE TEXT...]", Group: "Files by datagrams",
	Sets:    "NAME_peer",
	Summary: "NAME sends a write request for FILE, and TEXT in blocks; each must be acknowledged before the next",
	Detail: "With -blocks it stops after that many, and with NAME alone it goes on. With -twice each block is sent " +
		"again when it has been acknowledged, and must be acknowledged again. What has come whole is known to " +
		"download.",
	Run: bring,
}, {
	Name: "holds", Args: "DIR FILE...", Group: "Files by datagrams",
	Summary: "the folder DIR must hold these files and folders, and nothing else",
	Detail:  "It may take as long as a program that waits for $patience gives a client.",
	Run:     folderHolds,
}}

func bring(s *scene.Scene, args []string) {
	set, args := argument.Flags(args, []string{"-twice"}, []string{"-blocks"})
	argument.AtLeast(1, args)
	e, copies := s.Peer(args[0]), 1
	if len(args) > 1 {
		name, server := string(s.Fill.Text(args[1])), datagram.Addressee(s, e, s.TS.Getenv("server"))
		scene.Of[vocabulary](s)
		beginTransfer(s, e, name, server)
		getOf(s, e).name, getOf(s, e).file = name, s.Fill.Joined(args[2:])
		datagram.Dispatch(s, e, payload.TFTPRequest(payload.TFTPWrite, name, "octet"), server)
		acknowledged(s, e, 0)
	}
	_, t := transferOf(s, args[0])
	if set["-twice"] != "" {
		copies = 2
	}
	last := len(t.file)/t.block + 1
	if set["-blocks"] != "" {
		last = min(last, t.last+argument.Count(set["-blocks"]))
	}
	for t.last < last {
		t.last++
		for range copies {
			toTransfer(s, e, payload.TFTPNumbered(payload.TFTPData, t.last, t.piece(t.last)))
			acknowledged(s, e, t.last)
		}
	}
	if len(t.piece(last)) < t.block {
		programs.Publish(s, t.name, t.file)
	}
}

// acknowledged waits until the server acknowledges a block of e's. Where timers may
// fire meanwhile it may acknowledge an earlier one again.
func acknowledged(s *scene.Scene, e *scene.Peer, block int) {
	for {
		got, from := nextPacket(s, e, record.Say("ACK %d has not come", block))
		p, ok := payload.TFTPOf(got)
		is := ok && p.Op == payload.TFTPAck
		if !is || int(p.Number) != block && (s.Scenario.Patience == 0 || int(p.Number) > block) {
			s.Reject(e.Name, record.Say("ACK %d is expected", block), record.Verdict{Code: record.WrongBytes,
				What: record.Say("%s came; ACK %d was expected", shown(e, got), block)})
		}
		if fromTransfer(s, e, from, p); int(p.Number) == block {
			return
		}
	}
}

func folderHolds(s *scene.Scene, args []string) {
	argument.AtLeast(1, args)
	dir, want := args[0], slices.Sorted(slices.Values(args[1:]))
	var got []string
	p := s.Partner()
	defer longer(s, 2*lastWait)() // all tries of a transfer
	end := s.Await(p, nil, p.Looking(func() bool {
		got = allIn(dir)
		return slices.Equal(got, want)
	}))
	if end == scene.Happened {
		return
	}
	missing := slices.DeleteFunc(slices.Clone(want), func(f string) bool { return slices.Contains(got, f) })
	got = slices.DeleteFunc(got, func(f string) bool { return slices.Contains(want, f) })
	what := record.Say("the folder should hold %v", record.Foreign(strings.Join(missing, ", ")))
	if len(missing) == 0 {
		what = record.Say("the folder should not hold %v", record.Varies(strings.Join(got, ", "), "FILE"))
	}
	s.RejectAt(p, "", record.Say("this is not what the folder should hold"),
		record.Verdict{Code: record.File, What: what, ByTime: end == scene.Slept})
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
