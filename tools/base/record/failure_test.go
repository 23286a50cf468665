package record

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"time"
)

// A run is what differs between two runs of the same program that fails in the
// same way.
type run struct {
	host             string
	listening, dials uint16
	took             time.Duration
	got              int
	seed, threads    int
}

// failure is what is told of r.
func (r run) failure() (*Failure, func() *Names) {
	host := netip.MustParseAddr(r.host)
	server := netip.AddrPortFrom(host, r.listening)
	client := netip.AddrPortFrom(netip.MustParseAddr("127.0.0.1"), r.dials)
	stream := []byte(strings.Repeat("0123456789abcde\n", 10_000))
	events := []Event{
		{At: r.took, Kind: Listening, What: Say("listening on %v", server)},
		{At: 2 * r.took, Conn: "A", Kind: Connect, What: Say("connect from %v", client)},
		{At: 3 * r.took, Conn: "A", Kind: Out, Data: fmt.Appendf(nil, "who is %v?\n", client), Size: 24},
		{At: 4 * r.took, Conn: "A", Kind: In, Data: stream[:64], Size: r.got, Cut: true},
		{At: 5 * r.took, Conn: "A", Kind: Trouble, What: Say("nothing came for %v", Varies(r.took, "N s"))},
	}
	v := &Verdict{Code: Silence, What: Say("%v of %v came from %v", Measured(r.got), Bytes(len(stream)), server),
		Compare: true,
		Want:    stream, Got: stream[:r.got],
		Words: []string{fmt.Sprintf("2026/11/29 20:46:%02d to %v", r.threads, server)},
		Where: []Phrase{Say("main.go:7  in net.(*conn).Read  [IO wait]").And("  ×%v", Varies(r.threads, "N"))}}
	f := &Failure{Scenario: "01-one", Rule: "A rule.", Verdict: v, Program: "server", Events: events,
		Again: []Phrase{Say("again%v", Varies(fmt.Sprintf(" --seed %d", r.seed), ""))}}
	return f, func() *Names { return &Names{Own: host} }
}

var (
	oneRun     = run{"127.123.45.67", 41234, 51234, time.Millisecond, 20_000, 7, 12}
	anotherRun = run{"127.189.189.189", 33333, 60999, 3 * time.Second, 120_000, 8, 39}
)

func TestCanonical(t *testing.T) {
	const want = `── 01-one ── silence ───────────────────────────────────────────────────
The rule
    A rule.
What happened
    N of 160,000 bytes came from 127.0.0.1:40001
      (they differ somewhere in a long stream)
On the wire
    A     server
    │     ●  listening on 127.0.0.1:40001
    ├─────▶  connect from 127.0.0.1:50001
    ├─────▶  "who is 127.0.0.1:50001?"…   24 bytes
    ◀─────┤  "0123456789abcde\n012345"…   N bytes
    ✗     │  nothing came for N s
Where your program was
    main.go:7  in net.(*conn).Read  [IO wait]  ×N
Again
    again
`
	for _, r := range []run{oneRun, anotherRun, oneRun} {
		f, fresh := r.failure()
		if got := f.Canonical(fresh); got != want {
			t.Errorf("got\n%s\nwant\n%s", got, want)
		}
		live, _ := f.Report(ReportLines, ReportBytes)
		for _, value := range []string{fmt.Sprint(r.host, ":", r.listening), fmt.Sprint(":", r.dials),
			fmt.Sprint("--seed ", r.seed), fmt.Sprint("×", r.threads), Count(r.got)} {
			if !strings.Contains(live, value) {
				t.Errorf("the live report does not tell %s:\n%s", value, live)
			}
		}
	}
}

// Where there is not room for all, the program's own words give way, and neither
// the cause nor the hint does.
func TestWordsGiveWay(t *testing.T) {
	f, _ := oneRun.failure()
	f.Cause, f.Hint, f.Read = strings.Repeat("A cause. ", 30), "A hint.", "a chapter"
	f.Verdict.Said = []string{"first words", "2", "3", "4", "5", "6", "7", "last words"}
	for _, c := range []struct {
		lines int
		all   bool
	}{{ReportLines, true}, {31, false}} {
		text, all := f.Report(c.lines, ReportBytes)
		if all != c.all || strings.Contains(text, "| 7\n") != c.all {
			t.Errorf("%d lines: all %v\n%s", c.lines, all, text)
		}
		for _, part := range []string{"| first words\n", "| last words\n", "A hint.\n", "a chapter\n"} {
			if !strings.Contains(text, part) {
				t.Errorf("%d lines: no %q in\n%s", c.lines, part, text)
			}
		}
	}
}

// A value that differs from run to run and is not said to do so is found: the
// canonical forms of two runs differ.
func TestCanonicalFindsWhatVaries(t *testing.T) {
	for name, spoil := range map[string]func(f *Failure, r run){
		"an address in a format": func(f *Failure, r run) {
			f.Events[0].What = Say("listening on port %d", r.listening)
		},
		"a count in a verdict": func(f *Failure, r run) { f.Verdict.What = Say("%d threads", r.threads) },
		"a place":              func(f *Failure, r run) { f.Verdict.Where = []Phrase{Say("main.go:%d", r.threads)} },
		"a row":                func(f *Failure, r run) { f.Events[3].Cut = false },
		"a seed":               func(f *Failure, r run) { f.Again = []Phrase{Say("--seed %d", r.seed)} },
	} {
		var forms []string
		for _, r := range []run{oneRun, anotherRun} {
			f, fresh := r.failure()
			spoil(f, r)
			forms = append(forms, f.Canonical(fresh))
		}
		if forms[0] == forms[1] {
			t.Errorf("%s is not found", name)
		}
	}
}

// Where a program was in a loop is chance, and so is when two goroutines met.
func TestCanonicalLeavesChanceOut(t *testing.T) {
	f, fresh := oneRun.failure()
	f.Verdict.Anywhere = true
	if text := f.Canonical(fresh); strings.Contains(text, "main.go") || !strings.Contains(text, "On the wire") {
		t.Errorf("where it was:\n%s", text)
	}
	f.Verdict.Anytime = true
	if text := f.Canonical(fresh); strings.Contains(text, "On the wire") {
		t.Errorf("what was on the wire:\n%s", text)
	}
}
