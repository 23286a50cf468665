package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"loopback/tools/base/curve"
	"loopback/tools/base/tree"
)

// at is a point with a p99 and, if a fault is given, a generator that was at fault.
func at(p99ms float64, fault string) (p point) {
	ms := func(v float64) time.Duration { return time.Duration(v * float64(time.Millisecond)) }
	p.rate, p.watch, p.late = 1000, ms(p99ms/10), ms(p99ms/100)
	for i, part := range []float64{0.1, 0.5, 1, 2, 4} {
		p.latency[i], p.fault[i] = ms(part*p99ms), fault
	}
	return p
}

// course is what one server did in three rounds at two rates: at the second the
// generator was the bottleneck twice.
var course = curve3(at(2, ""), at(1, "late"), at(3, "late"))

func curve3(points ...point) curveOf {
	most := point{rate: 50_000, cpu: 0.98, wait: 0.02, busy: 0.71}
	return curveOf{most: []point{most, most, most}, points: [][]point{{at(1, ""), at(3, ""), at(2, "")}, points}}
}

func TestOpenTable(t *testing.T) {
	s := series{offered: []float64{50, 120}, poisson: true, seed: 7, each: time.Second}
	all := []server{{name: "00-slow"}, {name: "c-epoll"}}
	quick := curve3(at(0.5, ""), at(0.25, ""), at(1, "late"))
	quick.points[1][1].fault[4], quick.points[1][0].fault[4] = "late", "late"
	got := s.openTable("here\n", all, []curveOf{course, quick})
	for _, want := range []string{
		"here\nopen loop, Poisson arrivals (seed 7), 1s at each rate; the generator has a processor to itself\n",
		"counted from when a request was due",
		"\n00-slow\n  50,000 echoes a second in a closed loop\n" +
			"  of a processor there: server 98 %, and 2 % waiting for one; generator 71 %\n",
		"  50 %     0.200  1.00  2.00 (1.00 to 3.00)  4.00   8.00  0.200             3 of 3\n",
		"  120 %    not reported, 2 of 3 rounds are not the server's: late\n",
		"\nc-epoll\n  50,000 echoes a second in a closed loop, ratio 1.00\n",
		"  120 %    0.038  0.188  0.375 (0.250 to 0.500)  0.750  –     0.038             2 of 3\n",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
}

// The figures for programs are those of the table, and curves can be drawn of them.
func TestOpenCSV(t *testing.T) {
	s := series{offered: []float64{50, 120}}
	got := s.openCSV("$ load\nhere\n", []server{{name: "00-slow"}}, []curveOf{course})
	want := "# $ load\n# here\n\n" + strings.Join(columns, ",") + "\n" +
		"00-slow,50,3,1000,0.2000,0.1000,0.3000,1.0000,2.0000,1.0000,3.0000,4.0000,8.0000,0.2000,0.0200\n" +
		"00-slow,120,1,,,,,,,,,,,,\n"
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if _, err := curve.Draw("what it shows", []byte(got)); err != nil {
		t.Errorf("no curve: %v", err)
	}
}

// What the chapters show of coordinated omission is what the command prints.
func TestOmission(t *testing.T) {
	root, err := tree.Root(".")
	if err != nil {
		t.Fatal(err)
	}
	got, err := omission()
	if err != nil {
		t.Fatal(err)
	}
	recorded, err := os.ReadFile(filepath.Join(root, "testdata", "measured", "omission.txt"))
	if err != nil || string(recorded) != "$ go run ./tools/measure/load -omission\n"+got {
		t.Errorf("recorded\n%s\nnow\n%s", recorded, got)
	}
}

// A whole series, against two solutions, one of them given as a command: who is
// faster is not asked, but each round has all points, and the kernel's count of the
// bytes agrees with ours.
func TestMeasureOpen(t *testing.T) {
	if _, _, err := processors(); err != nil {
		t.Skip(err)
	}
	all, err := servers(usual[:1], nil)
	if err != nil {
		t.Fatal(err)
	}
	var given commands
	if err := given.Set("again=" + all[0].argv[0] + " -listen '127.0.0.1:0'"); err != nil {
		t.Fatal(err)
	}
	s := series{load: load{conns: 6, active: 3}, offered: []float64{10, 50}, poisson: true, seed: 1,
		each: 20 * time.Millisecond}
	curves, err := s.measureOpen(append(all, given...), 2)
	if err != nil {
		t.Fatal(err)
	}
	for i, c := range curves {
		for _, points := range append(c.points, c.most) {
			if len(points) != 2 {
				t.Errorf("server %d: %d points in two rounds", i, len(points))
			}
			for _, p := range points {
				if p.fault[p99] == "" && !(p.rate > 0 && p.latency[p99] > 0 && p.latency[0] <= p.latency[p99]) {
					t.Errorf("server %d: these are no figures: %+v", i, p)
				}
			}
		}
	}
}

// What connections cost: that there is something, and for how many.
func TestWeigh(t *testing.T) {
	all, err := servers(usual[:1], nil)
	if err != nil {
		t.Fatal(err)
	}
	c, err := load{conns: 300}.weigh(all[0])
	if err != nil {
		t.Fatal(err)
	}
	if c.held != 300 || c.user <= 0 {
		t.Errorf("these are no costs: %+v", c)
	}
	if text := memoryTable("here\n", all, [][]cost{{c}}); !strings.Contains(text, "\n  connections held ") {
		t.Error(text)
	}
}

func TestCaches(t *testing.T) {
	file := filepath.Join(t.TempDir(), "slabinfo")
	text := `slabinfo - version: 2.1
# name            <active_objs> <num_objs> <objsize> <objperslab> <pagesperslab> : tunables <limit>
TCP                   91     95   2368   13    8 : tunables    0    0    0 : slabdata      7      7      0
filp                 567    651    192   21    1 : tunables    0    0    0 : slabdata     31     31      0
`
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	if got := caches(file); len(got) != 2 || got["TCP"] != 91*2368 || got["filp"] != 567*192 {
		t.Errorf("%v", got)
	}
	if got := caches(file + "x"); len(got) != 0 {
		t.Errorf("of no file: %v", got)
	}
	known := [][]cost{{{held: 1, caches: map[string]float64{"TCP": 2048}}}}
	x := []server{{name: "x"}}
	if text := memoryTable("", x, known); !strings.Contains(text, "  TCP (state of TCP)                2.0\n") {
		t.Error(text)
	}
	if text := memoryTable("", x, [][]cost{{{held: 1}}}); strings.Contains(text, "state of") {
		t.Error(text)
	}
}

func TestNumberIn(t *testing.T) {
	file := filepath.Join(t.TempDir(), "sockstat")
	text := "sockets: used 14\nTCP: inuse 1 orphan 0 tw 3 alloc 1 mem 164\nUDP: inuse 0 mem 7\n"
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		line, word string
		want       int64
	}{
		{"TCP:", "mem", 164}, {"TCP:", "tw", 3}, {"UDP:", "mem", 7},
		{"UDP:", "", -1}, {"TCP:", "used", -1}, {"X:", "", -1},
	} {
		got, err := numberIn(file, c.line, c.word)
		if c.want >= 0 && (err != nil || got != c.want) || c.want < 0 && err == nil {
			t.Errorf("%s %s: %d, %v; want %d", c.line, c.word, got, err, c.want)
		}
	}
}

func TestCommands(t *testing.T) {
	var c commands
	for value, want := range map[string]string{
		"x":           "write NAME=COMMAND",
		"=true":       "write NAME=COMMAND",
		"a b=true":    "write NAME=COMMAND",
		"x=":          "COMMAND is empty",
		"x='":         "quoted",
		"x=no-such-1": "not found",
	} {
		if err := c.Set(value); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", value, err, want)
		}
	}
	if err := c.Set(`x=sh -c 'a b'`); err != nil || len(c) != 1 || len(c[0].argv) != 3 || c[0].argv[2] != "a b" {
		t.Errorf("%v, %v", c, err)
	}
	_, err := servers(nil, append(c, c...))
	if err == nil || !strings.Contains(err.Error(), "two servers are named x") {
		t.Errorf("the same name twice: %v", err)
	}
}

func TestAlternate(t *testing.T) {
	if a, b := alternate(3, 0), alternate(3, 1); a[0] != 0 || a[2] != 2 || b[0] != 2 || b[2] != 0 {
		t.Errorf("%v, then %v", a, b)
	}
}

func TestThree(t *testing.T) {
	for v, want := range map[float64]string{0.0312: "0.031", 1.234: "1.23", 12.34: "12.3", 123.4: "123", 0: "0.000"} {
		if got := three(v); got != want {
			t.Errorf("%v: %s, want %s", v, got, want)
		}
	}
}
