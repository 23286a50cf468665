//go:build linux

package grade

import (
	"fmt"
	"strings"
	"testing"
)

const datagramScript = "serve -udp\nudp A\nsendto A 'hello, datagram'\nrecvfrom A 'hello, datagram'\nnothing A"

func TestDatagramVerdicts(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"udp-echo":      "pass",
		"udp-cut":       "fail:truncated",
		"udp-mute":      "fail:silence",
		"udp-late":      "timeout:silence",
		"udp-twice":     "fail:extra-bytes",
		"udp-elsewhere": "fail:wrong-sender",
		"udp-quits":     "fail:exited",
		"echo":          "fail:not-listening", // over TCP
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := gradeTiny(t, tinyUnit(t, datagramScript), Options{}, name, "")
			if got := statuses(r); got != want {
				t.Errorf("%s; want %s\n%s", got, want, r.Text())
			}
		})
	}
}

// How long a program sleeps is what it has asked the kernel for.
func TestWakes(t *testing.T) {
	t.Parallel()
	for bounds, want := range map[string]string{"3 5": "pass", "0.1 0.2": "fail:wait", "5 9": "fail:wait"} {
		r := gradeTiny(t, tinyUnit(t, "# patience 200ms\nserve -udp\nudp A\nsendto A 'x'\nwakes "+bounds), Options{},
			"udp-naps", "")
		if got := statuses(r); got != want {
			t.Errorf("wakes %s: %s; want %s\n%s", bounds, got, want, r.Text())
		}
	}
}

// A program that is at work for as long as it is looked at, and is seen asleep only in the
// last moment, is judged by how long it sleeps.
func TestWakesLate(t *testing.T) {
	t.Parallel()
	for bounds, want := range map[string]string{"3 5": "pass", "7 9": "fail:wait"} {
		r := gradeTiny(t, tinyUnit(t, "# patience 200ms\nserve -udp\nudp A\nsendto A 'x'\nwakes "+bounds), Options{},
			"udp-dawdles", "")
		if got := statuses(r); got != want {
			t.Errorf("wakes %s: %s; want %s\n%s", bounds, got, want, r.Text())
		}
	}
}

// A wait that is a little too short is told from the next one, which begins while the grader
// looks: the kernel has noted when the program sent.
func TestWakesShort(t *testing.T) {
	t.Parallel()
	for bounds, want := range map[string]string{"1.2 1.6": "pass", "1.6 2": "fail:wait", "1.6 5": "fail:wait"} {
		r := gradeTiny(t, tinyUnit(t, "# patience 200ms\nserve -udp\nudp A\nsendto A 'x'\nwakes "+bounds), Options{},
			"udp-hurries", "")
		if got := statuses(r); got != want {
			t.Errorf("wakes %s: %s; want %s\n%s", bounds, got, want, r.Text())
		}
	}
}

// Every command of this group, with a server that does as it should.
func TestDatagramCommands(t *testing.T) {
	t.Parallel()
	for _, script := range []string{
		"serve -udp\nudp A B\nsendto A ''\nrecvfrom A ''\nsendto -to $server B bytes:65507\n" +
			"recvfrom -from $server B bytes:65507\nnothing A\nnothing B",
		"serve -udp\nudp A\nfreeze\nsendto A 'one'\nsendto A 'two'\nthaw\nrecvall A 'two' 'one'\nnothing A",
		"serve -udp\nudp A B\nfreeze\nsendto A 'one'\nvanish A\nsendto B 'two'\nthaw\nrecvfrom B 'two'",
		"serve -udp\nudp A\nvolley A 100 64\nburst A 500 1000\ntogether 20\nsenders 20\ndescriptors\nsendto A 'x'\n" +
			"recvfrom A 'x'",
		"serve -udp\nudp A\nechoes -each-byte A 'x' '' bytes:65507\nstrangers 600 100\nnothing A",
		"serve -udp\nudp A B\nsendto -to $B A 'to a stranger'\nrecvfrom -from $A B 'to a stranger'",
		"serve -udp\nudp A\nrelay R $server out drop 1 dup 3 back drop 1\nsendto -to $R A 'a'\nnothing A\n" +
			"sendto -to $R A 'b'\nnothing A\nsendto -to $R A 'c'\nrecvfrom A 'c'\nrecvfrom A 'c'\ncarried R out 3\n" +
			"carried R back 3",
		"serve -udp\nudp A\nrelay R $server back swap 1 2\nsendto -to $R A 'a'\nnothing A\nsendto -to $R A 'b'\n" +
			"recvfrom A 'b'\nrecvfrom A 'a'",
		"serve -udp\nudp A\nsendto A '1 x'\nrecvfrom A '{id} x'\nsendto A '{id} x'\nsendto A '2 y'\n" +
			"recvfrom -new A '{other} y'\nnothing A",
		"serve -udp\nudp A\nsendto A '\\x00\\x03' bytes:8-24 '.'\nrecvfrom -from any A '\\x00\\x03' bytes:8-24 '.'\n" +
			"sendto -to $A_peer A 'x'\nrecvfrom A 'x'",
	} {
		r := gradeTiny(t, tinyUnit(t, script), Options{}, "udp-echo", "")
		if got := statuses(r); got != "pass" {
			t.Errorf("%s\n%s\n%s", script, got, r.Text())
		}
	}
}

// What a relay drops on purpose is owed by nobody else: a scenario that waits
// for it ends by proof, and says so.
func TestDatagramLostInRelay(t *testing.T) {
	t.Parallel()
	script := "serve -udp\nudp A\nrelay R $server back drop 1\nsendto -to $R A 'a'\nrecvfrom A 'a'"
	r := gradeTiny(t, tinyUnit(t, script), Options{}, "udp-echo", "")
	if got := statuses(r); got != "fail:silence" {
		t.Errorf("%s\n%s", got, r.Text())
	}
	if text := r.Text(); !strings.Contains(text, "│     ✗─────┤  \"a\"                          1 byte, dropped") {
		t.Errorf("the arrow does not end in the relay:\n%s", text)
	}
}

func TestCarriedCounts(t *testing.T) {
	t.Parallel()
	for n, want := range map[int]string{1: "fail:extra-bytes", 2: "pass", 3: "fail:silence"} {
		script := fmt.Sprintf("serve -udp\nudp A\nrelay R $server\nsendto -to $R A 'a'\nrecvfrom A 'a'\n"+
			"sendto -to $R A 'b'\nrecvfrom A 'b'\ncarried R back %d", n)
		r := gradeTiny(t, tinyUnit(t, script), Options{}, "udp-echo", "")
		if got := statuses(r); got != want {
			t.Errorf("%d: %s; want %s", n, got, want)
		}
	}
}

// A datagram for which the program's socket has no room is the grader's
// failure.
func TestDatagramWithoutRoom(t *testing.T) {
	t.Parallel()
	script := "serve -udp\nudp A\nfreeze" + strings.Repeat("\nsendto A bytes:65507", 5)
	r := gradeTiny(t, tinyUnit(t, script), Options{}, "udp-echo", "")
	if got := statuses(r); got != "error:error" || !strings.Contains(r.Tests[0].Rationale, "the kernel had no room") {
		t.Errorf("%s: %s", got, r.Tests[0].Rationale)
	}
}

func TestDatagramMistakes(t *testing.T) {
	for _, c := range []struct{ script, want string }{
		{"serve -udp\nsendto A 'x'", `:3: no UDP socket is called "A": begin with udp A`},
		{"serve -udp\nudp A\nsendto A", ":4: too few arguments; usage: sendto [-to ADDR] [-times N] NAME TEXT..."},
		{"serve -udp\nudp A\nsendto A bytes:65508",
			":4: a datagram carries at most 65,507 bytes, and 65,527 over IPv6; " +
				"usage: sendto [-to ADDR] [-times N] NAME TEXT..."},
		{"serve -udp\nudp A\nsendto -to here A 'x'",
			`:4: "here" is not an address; usage: sendto [-to ADDR] [-times N] NAME TEXT...`},
		{"serve -udp\nrelay R $server loose 1",
			`:3: "loose" is not a rule: drop, dup, swap, hold; usage: relay NAME ADDR [out|back] [RULE...]`},
		{"serve -udp\nrelay R $server drop 0",
			`:3: "0" is not the number of a datagram: they are counted from 1; usage: relay NAME ADDR [out|back] [RULE...]`},
		{"serve -udp\nrelay R $server hold 1 after out 2",
			":3: hold N until out|back M; usage: relay NAME ADDR [out|back] [RULE...]"},
		{"serve -udp\nrelay R $server swap 1", ":3: a rule lacks its end; usage: relay NAME ADDR [out|back] [RULE...]"},
		{"serve -udp\nudp A\nsendto A bytes:9-8",
			`:4: "bytes:9-8" ends before it begins; usage: sendto [-to ADDR] [-times N] NAME TEXT...`},
		{"serve -udp\ncarried R out 1", `:3: no relay is called "R"`},
		{"udp A\nrecvfrom A 'x'", ":3: no program runs yet: begin with serve or run"},
	} {
		r := gradeTiny(t, tinyUnit(t, c.script), Options{}, "udp-echo", "")
		if want := "testdata/01-tiny/01-one.txtar" + c.want; r.Tests[0].Rationale != want {
			t.Errorf("\ngot  %s\nwant %s", r.Tests[0].Rationale, want)
		}
	}
}
