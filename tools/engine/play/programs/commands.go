package programs

import (
	"strconv"
	"strings"

	"loopback/tools/base/record"
	"loopback/tools/engine/play/argument"
	"loopback/tools/engine/play/scene"
	"loopback/tools/engine/play/server"
)

var programCommands = []scene.Command{{
	Name: "exit", Args: "STATUS|any|stopped|killed [NAME]", Group: "The program itself",
	Summary: "wait until the program has ended, by itself and with this status",
	Detail: "It may be any. With stopped the signal that the program was sent may also have ended it; with " +
		"killed it must have.",
	Run: Exit,
}, {
	Name: "output", Args: "[-of NAME] [-answers] TEXT...", Group: "The program itself",
	Summary: "standard output must be exactly TEXT so far",
	Detail: "TEXT is as for send. Several are joined. With -answers it is what interview has answered, each " +
		"with a newline.",
	Run: output,
}, {
	Name: "log", Args: "[-of NAME] [-lines N] [-without TEXT] [TEXT]", Group: "The program itself",
	Fills:   true,
	Summary: "standard error must contain TEXT, have N lines, and not contain the TEXT of -without",
	Detail: "Variables such as $A_peer are replaced in TEXT. Upper and lower case are the same: " +
		"the kernel's errors begin with a capital in C and in Python.",
	Run: stderr,
}, {
	Name: "idle", Args: "[-asleep] [-dozing] [-or-ended]", Group: "The program itself",
	Summary: "the program must be at rest, not spinning",
	Detail: "It may wake now and then, as for a clock of its own, as long as that takes less than a fifth of a " +
		"processor. With -asleep it must not wake more than a thousand times a second either. With -dozing it may " +
		"use up to half of a processor, where it is right to sleep for a moment and look again. With -or-ended it " +
		"may also have ended: its kernel has then taken all that it wrote.",
	Run: idle,
}, {
	Name: "descriptors", Args: "[-all] [-spare N]", Group: "The program itself",
	Summary: "the program must hold no more sockets than when it announced, and one for each connection that is open",
	Detail: "With -all descriptors of every kind are counted, and N more than that are allowed, 8 when it is not " +
		"given: a program may keep some for itself, such as pipes that it uses again. A Go program with the race " +
		"detector is not checked so: that lets some of what a pool keeps be lost.",
	Run: Descriptors,
}, {
	Name: "goroutines", Args: "N", Group: "The program itself",
	Summary: "at most N goroutines more than in a fresh copy of the program may be left; this ends the program",
	Detail:  "The count comes from the dump that a Go program prints on SIGQUIT. Other programs are not checked.",
	Run:     census,
}}

// Exit waits until the program has ended by itself: the command exit.
func Exit(s *scene.Scene, args []string) {
	argument.AtLeast(1, args)
	p := s.Main()
	if len(args) > 1 {
		p = s.Program(args[1])
	}
	end := s.Await(p, nil, p.Looking(p.Gone))
	p.Checked = true
	if end != scene.Ended {
		s.Judge(p, end, scene.Owes{Code: record.NoExit, What: record.Say("it has not ended")})
	}
	p.Drain()
	server.CheckWritten(s, p)
	s.CheckRace(p)
	st, _ := p.Proc.Status()
	stopped := (args[0] == "stopped" || args[0] == "killed") && st.Signal == p.Signal && st.Signal != ""
	if !stopped && (st.Signal != "" || strings.Contains(string(p.Proc.Stderr().Bytes()), "\ngoroutine ")) {
		s.Dead(p, record.Verdict{})
	}
	s.Record(record.Event{Kind: record.Note, What: record.Say("the %s has ended: %v", s.Process(p), st.String())})
	if stopped {
		return
	}
	if args[0] == "killed" {
		s.Fail(record.Verdict{Code: record.ExitStatus, Evidence: s.Gather(nil, p), Words: p.LastWords(3),
			What: record.Say("the %s ended by itself, with status %d; the signal should have ended it", s.Called(p),
				st.Code)})
	}
	if want := args[0]; want != "any" && want != "stopped" && want != strconv.Itoa(st.Code) {
		s.Fail(record.Verdict{Code: record.ExitStatus, Evidence: s.Gather(nil, p), Words: p.LastWords(3),
			What: record.Say("the %s ended with status %d; it should be %s", s.Called(p), st.Code, want)})
	}
}

func output(s *scene.Scene, args []string) {
	set, args := argument.Flags(args, []string{"-answers"}, []string{"-of"})
	p := s.Program(set["-of"])
	want := s.Fill.Joined(args)
	if set["-answers"] != "" {
		argument.Exactly(0, args)
		want = s.Datagrams.Answers
	} else {
		argument.AtLeast(1, args)
	}
	if s.InTime(p, func() bool { return string(want) == string(p.Proc.Stdout().Bytes()) }) {
		return
	}
	got := p.Proc.Stdout().Bytes()
	what := record.Say("standard output has %s, and it should have %s", record.Amount(int(p.Proc.Stdout().Total())),
		record.Bytes(len(want)))
	if len(got) == len(want) {
		what = record.Say("standard output has %s, as it should, but other ones", record.Bytes(len(want)))
	}
	v := record.Verdict{Code: record.Output, What: what, Want: want, Got: got, Compare: true, ByTime: s.Blind(p),
		Evidence: s.Gather(nil, p)}
	if strings.Count(string(want), "\n") > 1 {
		n, line := differingLine(want, got)
		v.What = v.What.And("; line %v differs", n)
		v.Words = []string{line}
	}
	s.Reject("", record.Say("standard output is not what was promised"), v)
}

// differingLine returns the number of the first line in which got differs from
// want, and that line of got.
func differingLine(want, got []byte) (n any, line string) {
	at := record.FirstDifference(want, got)
	start := strings.LastIndexByte(string(got[:at]), '\n') + 1
	line, _, _ = strings.Cut(string(got[start:]), "\n")
	return record.At(strings.Count(string(want[:at]), "\n")+1, at), line
}

// saysWhy fails when the program has said nothing where it should have said why.
func saysWhy(s *scene.Scene, p *scene.Instance, mute bool) {
	if mute {
		s.Reject("", record.Say("it does not say why"),
			record.Verdict{Code: record.Output,
				What: record.Say("the %s has printed nothing on standard error", s.Called(p))})
	}
}

// saysSo reports whether standard error has so many lines, if lines is not "", and
// holds the text that args name, if they name one; otherwise anything.
func saysSo(s *scene.Scene, p *scene.Instance, lines string, args []string) bool {
	got := string(p.Proc.Stderr().Bytes())
	switch {
	case lines != "" && argument.Count(lines) != p.Proc.Stderr().Lines():
		return false
	case len(args) == 0:
		return lines != "" || strings.TrimSpace(got) != ""
	}
	want := string(s.Fill.Text(scene.Expand(s, args[0])))
	return strings.Contains(strings.ToLower(got), strings.ToLower(want))
}

func stderr(s *scene.Scene, args []string) {
	set, args := argument.Flags(args, nil, []string{"-of", "-lines", "-without"})
	p := s.Program(set["-of"])
	reject := func(what record.Phrase) {
		v := record.Verdict{Code: record.Output, What: what, Words: p.LastWords(5)}
		if set["-of"] != "" { // else it is the first one's last words that are told
			v.Evidence = s.Gather(nil, p)
		}
		s.Reject("", record.Say("standard error is not what was promised"), v)
	}
	s.InTime(p, func() bool { return saysSo(s, p, set["-lines"], args) })
	got := string(p.Proc.Stderr().Bytes())
	if bad := set["-without"]; bad != "" && strings.Contains(strings.ToLower(got), strings.ToLower(bad)) {
		reject(record.Say("standard error says %v, and that is not so", record.Foreign(strconv.Quote(bad))))
	}
	if n := set["-lines"]; n != "" && argument.Count(n) != p.Proc.Stderr().Lines() {
		what := record.Say("standard error has %d lines; it should have %s", p.Proc.Stderr().Lines(), n)
		if p.Proc.Stderr().Lines() == 1 {
			what = record.Say("standard error has one line; it should have %s", n)
		}
		reject(what)
	}
	if len(args) == 0 {
		saysWhy(s, p, set["-lines"] == "" && strings.TrimSpace(got) == "")
		return
	}
	want := string(s.Fill.Text(scene.Expand(s, args[0])))
	if !saysSo(s, p, "", args) {
		what := record.Say("standard error should say %v", record.Foreign(strconv.Quote(strings.TrimSpace(want))))
		if want == "\n" {
			what = record.Say("standard error should have a line that says what went wrong, and is empty")
		}
		reject(what)
	}
}
