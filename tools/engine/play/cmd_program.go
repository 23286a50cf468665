package play

import (
	"loopback/tools/base/record"
	"os"
	"strconv"
	"strings"
	"time"
)

var programCommands = []Command{{
	Name: "exit", Args: "STATUS|any|stopped [NAME]", Group: "The program itself",
	Summary: "wait until the program has ended, by itself and with this status",
	Detail:  "It may be any. With stopped the signal that the program was sent may have ended it, too.",
	run:     (*scene).exit,
}, {
	Name: "output", Args: "[-of NAME] [-answers] TEXT...", Group: "The program itself",
	Summary: "standard output must be exactly TEXT so far",
	Detail: "TEXT is as for send. Several are joined. With -answers it is what interview has answered, each " +
		"with a newline.",
	run: (*scene).output,
}, {
	Name: "log", Args: "[-of NAME] [-lines N] [-without TEXT] [TEXT]", Group: "The program itself",
	Summary: "standard error must contain TEXT, have N lines, and not contain the TEXT of -without",
	Detail: "Variables such as $A_peer are replaced in TEXT. Upper and lower case are the same: " +
		"the kernel's errors begin with a capital in C and in Python.",
	run: (*scene).stderr,
}, {
	Name: "idle", Args: "[-asleep] [-dozing]", Group: "The program itself",
	Summary: "the program must be at rest, not spinning",
	Detail: "It may wake now and then, as for a clock of its own, as long as that takes less than a fifth of a " +
		"processor. With -asleep it must not wake more than a thousand times a second either. " +
		"With -dozing it may use up to half of a processor, where it is right to sleep for a moment and look again.",
	run: (*scene).idle,
}, {
	Name: "descriptors", Args: "[-all] [-spare N]", Group: "The program itself",
	Summary: "the program must hold no more sockets than when it announced, and one for each connection that is open",
	Detail: "With -all descriptors of every kind are counted, and N more than that are allowed, 8 when it is not " +
		"given: a program may keep some for itself, such as pipes that it uses again. A Go program with the race " +
		"detector is not checked so: that lets some of what a pool keeps be lost.",
	run: (*scene).descriptors,
}, {
	Name: "goroutines", Args: "N", Group: "The program itself",
	Summary: "at most N goroutines more than in a fresh copy of the program may be left; this ends the program",
	Detail:  "The count comes from the dump that a Go program prints on SIGQUIT. Other programs are not checked.",
	run:     (*scene).census,
}}

func (s *scene) exit(args []string) {
	atLeast(1, args)
	p := s.main()
	if len(args) > 1 {
		p = s.program(args[1])
	}
	limit := spinLimit
	if len(s.conns) == 0 && p.proc.Stdout().Total() == 0 {
		limit = startLimit // nothing has been seen of it yet: an interpreter may still be starting
	}
	end := s.awaitLimit(p, nil, limit, func(d time.Duration) progress {
		if p.gone() {
			return done
		}
		p.pause(d)
		return nothing
	})
	p.checked = true
	if end != ended {
		s.judge(p, end, owes{code: record.NoExit, what: record.Say("it has not ended")})
	}
	p.drain()
	s.checkWritten(p)
	s.checkRace(p)
	st, _ := p.proc.Status()
	stopped := args[0] == "stopped" && st.Signal == p.signal
	if !stopped && (st.Signal != "" || strings.Contains(string(p.proc.Stderr().Bytes()), "\ngoroutine ")) {
		s.dead(p, record.Verdict{})
	}
	s.record(record.Event{Kind: record.Note, What: record.Say("the %s has ended: %v", s.process(p), st.String())})
	if stopped {
		return
	}
	if want := args[0]; want != "any" && want != "stopped" && want != strconv.Itoa(st.Code) {
		s.fail(record.Verdict{Code: record.ExitStatus, Evidence: s.gather(nil, p), Words: p.lastWords(3),
			What: record.Say("the %s ended with status %d; it should be %s", s.called(p), st.Code, want)})
	}
}

func (s *scene) output(args []string) {
	set, args := flags(args, []string{"-answers"}, []string{"-of"})
	p := s.program(set["-of"])
	want := s.fill.joined(args)
	if set["-answers"] != "" {
		exactly(0, args)
		want = s.dg.answers
	} else {
		atLeast(1, args)
	}
	if s.inTime(p, func() bool { return string(want) == string(p.proc.Stdout().Bytes()) }) {
		return
	}
	got := p.proc.Stdout().Bytes()
	what := record.Say("standard output has %s, and it should have %s", record.Amount(int(p.proc.Stdout().Total())),
		record.Bytes(len(want)))
	if len(got) == len(want) {
		what = record.Say("standard output has %s, as it should, but other ones", record.Bytes(len(want)))
	}
	v := record.Verdict{Code: record.Output, What: what, Want: want, Got: got, Compare: true, ByTime: s.blind(p),
		Evidence: s.gather(nil, p)}
	if strings.Count(string(want), "\n") > 1 {
		n, line := differingLine(want, got)
		v.What = v.What.And("; line %v differs", n)
		v.Words = []string{line}
	}
	s.reject("", record.Say("standard output is not what was promised"), v)
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
func (s *scene) saysWhy(p *program, mute bool) {
	if mute {
		s.reject("", record.Say("it does not say why"),
			record.Verdict{Code: record.Output,
				What: record.Say("the %s has printed nothing on standard error", s.called(p))})
	}
}

// saysSo reports whether standard error has so many lines, if lines is not "", and
// holds the text that args name, if they name one; otherwise anything.
func (s *scene) saysSo(p *program, lines string, args []string) bool {
	got := string(p.proc.Stderr().Bytes())
	switch {
	case lines != "" && count(lines) != p.proc.Stderr().Lines():
		return false
	case len(args) == 0:
		return lines != "" || strings.TrimSpace(got) != ""
	}
	want := string(s.fill.text(os.Expand(args[0], s.ts.Getenv)))
	return strings.Contains(strings.ToLower(got), strings.ToLower(want))
}

func (s *scene) stderr(args []string) {
	set, args := flags(args, nil, []string{"-of", "-lines", "-without"})
	p := s.program(set["-of"])
	s.inTime(p, func() bool { return s.saysSo(p, set["-lines"], args) })
	got := string(p.proc.Stderr().Bytes())
	if bad := set["-without"]; bad != "" && strings.Contains(strings.ToLower(got), strings.ToLower(bad)) {
		s.reject("", record.Say("standard error is not what was promised"),
			record.Verdict{Code: record.Output, Words: p.lastWords(5), What: record.Say(
				"standard error says %v, and that is not so", record.Foreign(strconv.Quote(bad)))})
	}
	if n := set["-lines"]; n != "" && count(n) != p.proc.Stderr().Lines() {
		s.reject("", record.Say("standard error is not what was promised"),
			record.Verdict{Code: record.Output, What: record.Say("standard error has %d lines; it should have %s",
				p.proc.Stderr().Lines(), n), Words: p.lastWords(5)})
	}
	if len(args) == 0 {
		s.saysWhy(p, set["-lines"] == "" && strings.TrimSpace(got) == "")
		return
	}
	want := string(s.fill.text(os.Expand(args[0], s.ts.Getenv)))
	if !s.saysSo(p, "", args) {
		what := record.Say("standard error should say %v", record.Foreign(strconv.Quote(strings.TrimSpace(want))))
		if want == "\n" {
			what = record.Say("standard error should have a line that says what went wrong, and is empty")
		}
		s.reject("", record.Say("standard error is not what was promised"),
			record.Verdict{Code: record.Output, What: what, Words: p.lastWords(5)})
	}
}
