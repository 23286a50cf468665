package main

import (
	"context"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"loopback/tools/base/tree"
	"loopback/tools/engine/build"
)

func TestTable(t *testing.T) {
	slow := figures{held: 10, memory: 8192, rate: 1000, message: 10 * time.Microsecond, threads: 5}
	fast := figures{held: 10, memory: 1024, rate: 2000, message: 5 * time.Microsecond, threads: 4}
	faster := fast
	faster.rate = 4000
	both := []server{{name: "00-slow"}, {name: "01-fast"}}
	got := table("here\n", both, [][]figures{{slow, slow, slow}, {faster, fast, fast}})
	for _, want := range []string{
		"here\nmedian (least to greatest); a ratio is to 00-slow in the same round\n",
		"\n00-slow\n  connections held           10\n  memory a connection, KiB   8.0\n",
		"  echoes a second            2,000 (2,000 to 4,000)  ratio 2.00 (2.00 to 4.00)\n",
		"  CPU an echo, µs            5.0                     ratio 0.50\n",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
}

// The whole of a round, against a solution: the clients' count and the kernel's
// must agree.
func TestMeasure(t *testing.T) {
	root, err := tree.Root(".")
	if err != nil {
		t.Fatal(err)
	}
	exe, err := build.Alone(context.Background(), root, filepath.Join(root, "solutions", usual[0]), false)
	if err != nil {
		t.Fatal(err)
	}
	l := load{conns: 20, active: 5, silence: 10 * time.Millisecond, talk: 50 * time.Millisecond}
	f, err := l.measure(server{usual[0], []string{exe, "-listen", "127.0.0.1:0"}})
	if err != nil {
		t.Fatal(err)
	}
	if f.held != 20 || f.rate <= 0 || f.message <= 0 || f.threads < 1 {
		t.Errorf("these are no figures: %+v", f)
	}
}

// A server that does not echo is found out by the clients.
func TestMeasureWrong(t *testing.T) {
	root, err := tree.Root(".")
	if err != nil {
		t.Fatal(err)
	}
	exe, err := build.Alone(context.Background(), root,
		filepath.Join(root, "testdata", "02-echo-once", "wrong", "greet-first"), false)
	if err != nil {
		t.Fatal(err)
	}
	l := load{conns: 1, active: 1, silence: time.Millisecond, talk: time.Millisecond}
	if f, err := l.measure(server{"greet-first", []string{exe, "-listen", "127.0.0.1:0"}}); err == nil {
		t.Errorf("a server that does not echo was measured: %+v", f)
	}
}
