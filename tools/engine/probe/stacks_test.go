package probe

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

func readDump(t testing.TB, name string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", name+".txt"))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// brief has one line for each goroutine that is not the runtime's: its number,
// its state and the functions of package main.
func brief(gs []Goroutine) []string {
	var all []string
	for _, g := range gs {
		if g.System() {
			continue
		}
		words := []string{g.State}
		for _, f := range g.Frames {
			if strings.HasPrefix(f.Func, "main.") {
				words = append(words, f.Func)
			}
		}
		all = append(all, strings.Join(words, " | "))
	}
	return all
}

var dumps = []struct {
	name, text string
	want       []string
}{
	{"quit", "", []string{
		"IO wait | main.main",
		"syscall", // os/signal
		"chan receive | main.main.func1",
		"select (no cases) | main.main.func2",
		"IO wait | main.(*server).handle | main.main.gowrap2",
		"sync.Mutex.Lock | main.(*server).handle | main.main.gowrap2",
	}},
	{"panic", "panic: first line\n\t\n\tthird line",
		[]string{"running | main.main.func1 | main.(*box[...]).open | main.main"}},
	{"nested", "panic: first [recovered, repanicked]\n\tpanic: runtime error: invalid memory address or nil pointer " +
		"dereference\n\tpanic: second\n[signal SIGSEGV: segmentation violation code=0x1 addr=0x0 pc=0x47a7f2]",
		[]string{"running | main.main.func1.1 | main.main.func1 | main.main.func2 | main.main"}},
	{"deadlock", "fatal error: all goroutines are asleep - deadlock!",
		[]string{"sync.WaitGroup.Wait | main.main", "chan receive | main.main.func1"}},
	{"maps", "fatal error: concurrent map writes", []string{"running | main.main.func1"}},
	{"race", "panic: assignment to entry in nil map", []string{"running | main.main"}},
	{"none", "panic: first line\n\t\n\tthird line", nil},
}

func TestParseStacks(t *testing.T) {
	for _, d := range dumps {
		t.Run(d.name, func(t *testing.T) {
			dump := readDump(t, d.name)
			for what, in := range map[string]string{
				"as printed":   dump,
				"CRLF":         strings.ReplaceAll(dump, "\n", "\r\n"),
				"text around":  "2026/01/02 03:04:05 hello()\n" + dump + "exit status 2\n",
				"logged stack": loggedStack + dump,
			} {
				text, gs := ParseStacks(in)
				if text != d.text {
					t.Errorf("%s: panic text %q, want %q", what, text, d.text)
				}
				if got := brief(gs); !slices.Equal(got, d.want) {
					t.Errorf("%s: goroutines\n%s\nwant\n%s", what, strings.Join(got, "\n"), strings.Join(d.want, "\n"))
				}
			}
		})
	}
}

// loggedStack is what a program writes that logs a panic and goes on.
const loggedStack = "panic: logged by the program\ngoroutine 7 [running]:\nruntime/debug.Stack()\n" +
	"\t/usr/local/go/src/runtime/debug/stack.go:26 +0x5e\nmain.handle()\n\t/home/ada/main.go:9 +0x1d\n\n"

func TestParseStacksFrames(t *testing.T) {
	_, gs := ParseStacks(readDump(t, "quit"))
	if len(gs) != 13 || gs[0].ID != 1 {
		t.Fatalf("%d goroutines, the first is %d; want 13 from 1 on", len(gs), gs[0].ID)
	}
	want := []Frame{
		{"runtime.gopark", "/usr/local/go/src/runtime/proc.go", 462},
		{"runtime.netpollblock", "/usr/local/go/src/runtime/netpoll.go", 575},
		{"internal/poll.runtime_pollWait", "/usr/local/go/src/runtime/netpoll.go", 351},
		{"internal/poll.(*pollDesc).wait", "/usr/local/go/src/internal/poll/fd_poll_runtime.go", 84},
		{"internal/poll.(*pollDesc).waitRead", "/usr/local/go/src/internal/poll/fd_poll_runtime.go", 89},
		{"internal/poll.(*FD).Accept", "/usr/local/go/src/internal/poll/fd_unix.go", 613},
		{"net.(*netFD).accept", "/usr/local/go/src/net/fd_unix.go", 150},
		{"net.(*TCPListener).accept", "/usr/local/go/src/net/tcpsock_posix.go", 159},
		{"net.(*TCPListener).Accept", "/usr/local/go/src/net/tcpsock.go", 387},
		{"main.main", "/home/ada/server/main.go", 43},
		{"runtime.main", "/usr/local/go/src/runtime/proc.go", 290},
		{"runtime.goexit", "/usr/local/go/src/runtime/asm_amd64.s", 1771},
	}
	if !slices.Equal(gs[0].Frames, want) {
		t.Errorf("frames of main:\n%v\nwant\n%v", gs[0].Frames, want)
	}
}

// A stack overflow prints the scheduler's stack first and leaves frames out.
func TestParseStacksOverflow(t *testing.T) {
	text, gs := ParseStacks(readDump(t, "overflow"))
	if text != "fatal error: stack overflow" || len(gs) == 0 || gs[0].State != "running" ||
		gs[0].Frames[0].Func != "main.f" {
		t.Errorf("%q, %v", text, gs)
	}
}

func TestParseStacksLines(t *testing.T) {
	tests := []struct {
		name, dump, text string
		want             []Goroutine
	}{
		{"empty", "", "", nil},
		{"no dump", "hello\npanic: logged\nbye\n", "", nil},
		{"minutes and thread", "goroutine 7 [chan receive, 12 minutes, locked to thread]:\nmain.f(0x1)\n" +
			"\t/a b/c:d.go:12 +0x1\n", "",
			[]Goroutine{{ID: 7, State: "chan receive", Frames: []Frame{{"main.f", "/a b/c:d.go", 12}}}}},
		{"windows", "goroutine 7 [running]:\r\nmain.(*T[...]).f(...)\r\n\tC:/ada/main.go:3\r\n", "",
			[]Goroutine{{ID: 7, State: "running", Frames: []Frame{{"main.(*T[...]).f", "C:/ada/main.go", 3}}}}},
		{"log and race report inside", "goroutine 7 [running]:\nmain.f()\n2026/01/02 03:04:05 lost (really)\n" +
			"\t/m.go:3 +0x1\n==================\nWARNING: DATA RACE\nRead at 0x1 by goroutine 9:\n  main.count()\n" +
			"      /home/ada/main.go:10 +0x24\n==================\nmain.main()\n\t/m.go:9 +0x2\n" +
			"created by main.g in goroutine 1\n\t/m.go:4 +0x2\n", "",
			[]Goroutine{{ID: 7, State: "running", Frames: []Frame{{"main.f", "/m.go", 3}, {"main.main", "/m.go", 9}},
				creator: "main.g"}}},
		{"log after the panic", "panic: boom\nlast words\n\ngoroutine 1 [running]:\nmain.main()\n\t/m.go:9 +0x2\n",
			"panic: boom",
			[]Goroutine{{ID: 1, State: "running", Frames: []Frame{{"main.main", "/m.go", 9}}}}},
		{"scanned", "goroutine 3 gp=0x1 m=nil [IO wait (scan), 2 minutes]:\n", "",
			[]Goroutine{{ID: 3, State: "IO wait"}}},
		{"number too large", "goroutine 99999999999999999999 [running]:\nmain.f()\n\t/m.go:1\n", "", nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			text, gs := ParseStacks(tt.dump)
			same := func(a, b Goroutine) bool {
				return a.ID == b.ID && a.State == b.State && a.creator == b.creator && slices.Equal(a.Frames, b.Frames)
			}
			if text != tt.text || !slices.EqualFunc(gs, tt.want, same) {
				t.Errorf("ParseStacks:\n%q %+v\nwant\n%q %+v", text, gs, tt.text, tt.want)
			}
		})
	}
}

func FuzzParseStacks(f *testing.F) {
	for _, d := range dumps {
		f.Add(readDump(f, d.name))
	}
	f.Fuzz(func(t *testing.T, dump string) {
		text, gs := ParseStacks(dump)
		if text != "" && !strings.HasPrefix(text, "panic: ") && !strings.HasPrefix(text, "fatal error: ") {
			t.Errorf("panic text %q", text)
		}
		seen := map[int]bool{0: true}
		for _, g := range gs {
			if seen[g.ID] {
				t.Errorf("goroutine %d twice, or 0", g.ID)
			}
			seen[g.ID] = true
			for _, fr := range g.Frames {
				if fr.Func == "" || fr.File == "" || utf8.ValidString(dump) && strings.ContainsAny(fr.Func, " \t\n") {
					t.Errorf("frame %+v", fr)
				}
			}
		}
	})
}

// TestStacksLeftOut: where the middle of a long dump was dropped, a stack is not made of the pieces
// of two.
func TestStacksLeftOut(t *testing.T) {
	const whole = "goroutine 1 [IO wait]:\nnet.Accept(0x1)\n\t/go/net.go:7\nmain.main()\n\t/a/main.go:30 +0x1\n\n"
	const later = "goroutine 9 [chan send]:\nmain.serve(0x1)\n\t/a/main.go:56 +0x1\n"
	dump := "SIGQUIT: quit\nPC=0x1\n\n" + whole +
		"goroutine 5 [chan send]:\nruntime.gopark(0x1)\n\t/go/proc.go:4\n... 99 bytes left out ...\n" +
		"e(0x1)\n\t/a/main.go:48 +0x1\n\n" + later
	_, gs := ParseStacks(dump)
	want := []string{"IO wait | main.main", "chan send | main.serve"}
	if got := brief(gs); !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}
