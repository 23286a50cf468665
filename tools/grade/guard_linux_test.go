package grade

import (
	"fmt"
	"net"
	"os"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"loopback/tools/base/record"
	"loopback/tools/engine/result"
)

func init() {
	tinyClients["eats"] = func([]string) { tinyEat(64<<20, 0) }
	tinyClients["eats-slowly"] = func(args []string) {
		ln, err := net.Listen("tcp", args[len(args)-1])
		check(err)
		fmt.Println("listening on", ln.Addr())
		_, err = ln.Accept()
		check(err)
		tinyEat(128<<20, 150*time.Millisecond)
	}
	tinyClients["dots"] = func([]string) {
		for range time.Tick(20 * time.Millisecond) {
			fmt.Print(".")
		}
	}
}

// tinyEat takes four times the memory that is allowed before it announces anything,
// and hardly any processor time: the same pages are mapped again and again, and
// count each time. To touch so many pages of its own takes a busy machine so long
// that the program is ended for that. After each size it works for so much processor time.
func tinyEat(size int, work time.Duration) {
	file, err := os.CreateTemp("", "eaten")
	if err == nil {
		os.Remove(file.Name())
		err = file.Truncate(int64(size))
	}
	for eaten := 0; err == nil && eaten < 4<<30; eaten += size {
		_, err = unix.Mmap(int(file.Fd()), 0, size, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED|unix.MAP_POPULATE)
		fmt.Fprint(os.Stderr, ".")
		for end := processorTime() + work; processorTime() < end; {
		}
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	time.Sleep(time.Hour) // what it has is looked at once more when it does not announce itself
}

// A program that takes more and more memory is told so, also when it is so slow at it that it
// has used up the processor time of one that spins.
func TestGuard(t *testing.T) {
	t.Parallel()
	for _, program := range []string{"eats", "eats-slowly"} {
		if r := gradeTiny(t, tinyUnit(t, echoScript), Options{}, program); statuses(r) != "fail:memory" {
			t.Errorf("%s: %s\n%s", program, statuses(r), r.Text())
		}
	}
}

// A program that always gets on a little has an end, too, and what comes after
// that scenario is not run.
func TestSlow(t *testing.T) {
	t.Parallel()
	r := gradeTiny(t, tinyUnit(t, echoScript), Options{}, "dots")
	if got := statuses(r); got != "timeout:not-listening" || !r.Tests[0].Verdict.Slow {
		t.Errorf("%s\n%s", got, r.Text())
	}
}

// What comes after a scenario that took all the time is not run, what comes
// before is.
func TestHoldSlow(t *testing.T) {
	t.Parallel()
	r := &grading{Result: &result.Result{Tests: []*result.Test{{ID: "a", Status: result.Pass},
		{ID: "b", Status: result.Timeout, Verdict: &record.Verdict{Slow: true, ByTime: true}},
		{ID: "c", Status: result.Pass, Points: 1}}}}
	r.slowOnes.Store(r.Tests[1], true)
	for i, want := range []bool{false, false, true} {
		if got := r.comesAfterSlow(r.Tests[i]); got != want {
			t.Errorf("%s comes after a slow one: %v", r.Tests[i].ID, got)
		}
	}
	r.holdSlow()
	const why = "not checked: b took all the time there is"
	if got := statuses(r.Result); got != "pass timeout skip" || r.Tests[2].Rationale != why || r.Tests[2].Points != 0 {
		t.Errorf("%s, %q", got, r.Tests[2].Rationale)
	}
}
