package resp

import (
	"strconv"
	"time"

	"loopback/tools/base/record"
	"loopback/tools/engine/play/argument"
	"loopback/tools/engine/play/scene"
	"loopback/tools/engine/play/stream"
	"loopback/tools/engine/wire"
)

var segmentCommands = []scene.Command{{
	Name: "segments", Args: "MOST NAME QUESTION REPLY", Group: "Questions and replies",
	Summary: "send QUESTION, which waits in the program's socket before it reads; REPLY must come in at most " +
		"MOST segments",
	Detail: "The program is stopped (SIGSTOP) while the question is sent. Segments are those that the kernel has " +
		"counted at the grader's end (TCP_INFO). A program that writes twice sends at least two, unless it leaves " +
		"the joining to the kernel. Where the system does not count them the scenario is left out.",
	Run: segments,
}, {
	Name: "later", Args: "DURATION", Group: "Questions and replies",
	Summary: "let DURATION pass, at most 5s: the program has been asked for something that time brings about",
	Run:     later,
}}

func segments(s *scene.Scene, args []string) {
	argument.Exactly(4, args)
	most, c := argument.Count(args[0]), s.Conn(args[1])
	before := counted(s, c)
	stream.InOnePiece(s, c, s.Fill.Text(args[2]))
	stream.Recv(s, c, s.Fill.Text(args[3]))
	came := counted(s, c) - before
	if came <= most {
		s.Record(record.Event{Kind: record.Note, What: record.Say("it came in at most %d TCP segments", most)})
		return
	}
	s.Trouble(c.Name, "it came in more than %d TCP segments", most)
	s.Fail(record.Verdict{Code: record.Segments,
		What: record.Say("all replies came, but in %v segments, and at most %d are allowed",
			record.Varies(strconv.Itoa(came), "N"), most)})
}

// counted returns how many segments with data have come on c.
func counted(s *scene.Scene, c *wire.Conn) int {
	n, err := c.Segments()
	if err != nil {
		s.Lacks("this system does not say how many segments have come")
	}
	return n
}

// laterBound is the longest time that a scenario may let pass at once.
const laterBound = 5 * time.Second

func later(s *scene.Scene, args []string) {
	argument.Exactly(1, args)
	d, err := time.ParseDuration(args[0])
	if err != nil || d <= 0 || d > laterBound {
		s.Misuse("%q is not a duration of at most %v", args[0], laterBound)
	}
	passed := time.NewTimer(d)
	defer passed.Stop()
	select {
	case <-passed.C:
	case <-s.Ctx.Done():
	}
	s.Record(record.Event{Kind: record.Note, What: record.Say("%v pass", d)})
	if p := s.Main(); p.Gone() {
		s.Dead(p, record.Verdict{})
	}
}
