package chat

import (
	"bytes"
	"fmt"
	"math"
	"slices"
	"strings"

	"loopback/tools/base/record"
	"loopback/tools/engine/play/argument"
	"loopback/tools/engine/play/scene"
	"loopback/tools/engine/play/stream"
)

// silenceCommands let clients be dropped while they speak.
var silenceCommands = []scene.Command{{
	Name: "silences", Args: "NAME N LINES", Group: "A room",
	Summary: "N enter and do not read; when nearly LINES wait for each, all of them and NAME say lines at the same " +
		"moment, for which the program is stopped (SIGSTOP), and so the N are dropped; those inside must hear of " +
		"each of the N its first lines, in order, and then, once, that it has left: nothing after that",
	Detail: "How many lines of the N are heard is open. Each says 200, so LINES must be more than that for all of " +
		"them together, or one that reads may also be dropped.",
	Run: silences,
}}

const (
	silenced = 200 // lines of each that is dropped: they all fit into the buffer that a line of 1,000 bytes needs
	spare    = 20  // for how many lines there is room when they begin
)

// A hush is some that are dropped while they speak, and what the others have heard of it.
type hush struct {
	*scene.Scene
	speaker *member
	most    int      // lines that may wait
	lead    *brim    // makes up what the speaker says
	crowd   []*brim  // those that do not read, and are still there
	acts    []*act   // what they do
	said    []string // how the speaker's lines are heard
	got     map[*member][]byte
}

func silences(s *scene.Scene, args []string) {
	argument.Exactly(3, args)
	h := &hush{Scene: s, speaker: inside(s, args[0]), most: argument.Count(args[2]), got: map[*member][]byte{}}
	n := argument.Count(args[1])
	end := throng(s, n, "enter, do not read, and are dropped while they speak")
	h.crowd = stuck(s, h.speaker, n, h.most)
	h.lead = &brim{Scene: s, speaker: h.speaker, most: h.most, mark: s.CrowdMark}
	for h.fullest() < h.most-spare {
		n := spare
		if h.fullest() > spare {
			h.lead.length, n = brimShort, brimBatch
		}
		h.fill(min(n, h.most-spare-h.fullest()))
	}
	h.burst()
	for h.hear(); len(h.crowd) > 0; h.hear() {
		h.say(h.lead.texts(spare)...)
	}
	h.say("that was all")
	h.hear()
	for m, got := range h.got {
		h.judge(m, string(got), append(slices.Clone(h.acts), &act{member: h.speaker, events: h.said}))
	}
	h.ask()
	end()
	hushed(s)
	s.Log.Note("%d clients are dropped while they speak: of none is anything heard when it has left", n)
}

// brimShort is the length of a line that takes little room.
const brimShort = 20

// fullest is how many lines wait for the one for which most do.
func (h *hush) fullest() (most int) {
	for _, b := range h.crowd {
		lines, _ := b.waits()
		most = max(most, lines)
	}
	return most
}

// fill lets the speaker say n lines, which all others hear, and none is dropped.
func (h *hush) fill(n int) {
	before, _ := h.crowd[0].waits()
	texts := h.lead.texts(n)
	speak(h.Scene, h.speaker, texts...)
	h.Pause()
	now := dropped(h.Scene, h.crowd, texts)
	if len(now) < len(h.crowd) {
		b := h.crowd[slices.IndexFunc(h.crowd, func(b *brim) bool { return !slices.Contains(now, b) })]
		b.tooEarly(before)
	}
	hearAll(h.Scene)
}

// burst lets all of them say lines at one moment.
func (h *hush) burst() {
	p := h.Main()
	h.Pause()
	stream.Halt(h.Scene, p)
	for _, b := range h.crowd {
		a := &act{member: b.deaf}
		var said string
		for i := range silenced {
			text := fmt.Sprint(i + 1)
			said += text + "\n"
			a.events = append(a.events, a.lineOf(text))
		}
		a.events = append(a.events, leftLine(a.name))
		h.acts = append(h.acts, a)
		left, failed, end := stream.Give(h.Scene, a.Conn, []byte(said))
		stream.Given(h.Scene, a.Conn, left, failed, end)
	}
	h.say(h.lead.texts(2 * spare)...)
	p.GoOn()
}

// say lets the speaker say lines.
func (h *hush) say(texts ...string) {
	for _, text := range texts {
		h.said = append(h.said, h.speaker.lineOf(text))
	}
	said := []byte(strings.Join(texts, "\n") + "\n")
	left, failed, end := stream.Give(h.Scene, h.speaker.Conn, said)
	stream.Given(h.Scene, h.speaker.Conn, left, failed, end)
}

// hear lets all others read until the last line of the speaker has come, and takes those
// out of the room that were dropped.
func (h *hush) hear() {
	h.Pause()
	for _, m := range readers(h.Scene) {
		if m == h.speaker {
			continue
		}
		h.got[m] = append(h.got[m], h.until(m, h.said[len(h.said)-1])...)
	}
	h.crowd = slices.DeleteFunc(h.crowd, func(b *brim) bool {
		there := b.look()
		if !there {
			roomOf(h.Scene).members = slices.DeleteFunc(roomOf(h.Scene).members,
				func(m *member) bool { return m == b.deaf })
		} else if len(h.said) > 2*h.most+turnSlack {
			_, size := b.waits()
			b.stillIn(size)
		}
		return !there
	})
}

// until lets m read until a line has come.
func (h *hush) until(m *member, line string) []byte {
	got, failed, end := stream.ReadUntil(h.Scene, h.Main(), m.Conn, math.MaxInt, func(got []byte) bool {
		return bytes.HasSuffix(got, []byte("\n")) && bytes.Contains(append([]byte("\n"), got...), []byte("\n"+line))
	})
	if failed == nil && end == scene.Happened {
		return got
	}
	o := scene.Owes{Code: record.Silence, Conn: m.Conn, What: record.Say("nothing more came"),
		Note: record.Say("%s has not heard the line that was said last", m.Name)}
	if failed != nil {
		h.Hangup(m.Conn, failed, o)
	}
	h.Judge(h.Main(), end, o)
	return nil
}

// ask lets another one speak, so that what the speaker has heard has an end, too.
func (h *hush) ask() {
	host := readers(h.Scene)[slices.IndexFunc(readers(h.Scene), func(m *member) bool { return m != h.speaker })]
	fence := &act{member: host, events: []string{host.lineOf("all over")}}
	speak(h.Scene, host, "all over")
	h.speaker.due = nil
	h.judge(h.speaker, string(h.until(h.speaker, fence.events[0])), append(slices.Clone(h.acts), fence))
	hearAll(h.Scene)
}

// judge checks what m has heard: all that others said, and of each that was dropped its first
// lines and that it has left.
func (h *hush) judge(m *member, got string, acts []*act) {
	next := map[*act]int{}
	for line := range strings.Lines(got) {
		i := slices.IndexFunc(acts, func(a *act) bool { return slices.Contains(a.events, line) })
		if i < 0 {
			h.wrong(m, line, "this line is none of those that were said", "")
		}
		a := acts[i]
		at, want := slices.Index(a.events, line), next[a]
		switch leaves := strings.HasPrefix(line, "* "); {
		case want == len(a.events) && leaves:
			h.wrong(m, line, a.name+" has left twice", "")
		case want == len(a.events):
			h.wrong(m, line, a.name+" has left, and something that it has said is heard after that", "")
		case at != want && !leaves:
			h.wrong(m, line, "what "+a.name+" said is heard out of order", a.events[want])
		}
		next[a] = at + 1
	}
	for _, a := range acts {
		if next[a] < len(a.events) {
			h.wrong(m, "", "not all that was due has come", a.events[len(a.events)-1])
		}
	}
}

// wrong fails because of a line that m has heard. Which line that is is chance.
func (h *hush) wrong(m *member, line, why, want string) {
	h.Reject(m.Name, record.Say("no order of what was done allows that"), record.Verdict{Code: record.WrongBytes,
		What: record.Say("%d were dropped while they spoke, and of what %s heard: %v", len(h.acts), m.Name,
			record.Varies(why, "no order explains it")),
		Want: []byte(want), Got: []byte(line)})
}
