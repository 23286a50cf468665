package box

import (
	"bytes"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// look and status are arguments with which this test binary tells what it sees,
// and what it may do.
const (
	look   = "box-look"
	status = "box-status"
)

func TestMain(m *testing.M) {
	if len(os.Args) > 2 && os.Args[1] == look {
		lookAround(os.Args[2:])
		return
	}
	if len(os.Args) > 2 && os.Args[1] == status {
		data, _ := os.ReadFile("/proc/self/status")
		os.Stdout.Write(data)
		return
	}
	os.Exit(m.Run())
}

// lookAround says what a program in a box can do with each of these paths, and
// which process it is.
func lookAround(paths []string) {
	fmt.Println("pid", os.Getpid())
	for _, p := range paths {
		entries, _ := os.ReadDir(p)
		err := os.WriteFile(filepath.Join(p, "written"), nil, 0o644)
		fmt.Println(filepath.Base(p), len(entries), err == nil)
	}
	_, err := net.Listen("tcp", os.Getenv("TAKEN"))
	fmt.Println("listens", err == nil)
}

// A box hides, keeps, and has a network in which no port is taken.
func TestClosed(t *testing.T) {
	level, why := Probe()
	if level != Closed {
		t.Skip("this machine gives less: " + why)
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	top := t.TempDir()
	var dirs []string
	for _, name := range []string{"secret", "kept", "fresh", "plain"} {
		dir := filepath.Join(top, name)
		if name == "kept" || name == "fresh" {
			dir = filepath.Join(top, "secret", name)
		}
		if err := os.MkdirAll(dir, 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, "file"), nil, 0o644); err != nil {
			t.Fatal(err)
		}
		dirs = append(dirs, dir)
	}
	var said bytes.Buffer
	cmd := Command(Closed, Options{Args: append([]string{look}, dirs...), Dir: dirs[1], Hide: dirs[:1], Keep: dirs[1:3],
		Fresh: dirs[2:3], Env: []string{"TAKEN=" + ln.Addr().String()}, Stdout: &said, Stderr: &said})
	if err := cmd.Run(); err != nil {
		t.Fatalf("%v: %s", err, said.String())
	}
	// In the hidden folder there are those that are shown again.
	want := "pid 1\nsecret 2 true\nkept 1 false\nfresh 0 true\nplain 1 false\nlistens true\n"
	if said.String() != want {
		t.Errorf("in the box:\n%s\nwant:\n%s", said.String(), want)
	}
	if _, err := os.Stat(filepath.Join(top, "secret", "written")); err == nil {
		t.Error("what is written in a hidden folder is there afterwards")
	}
}

// The first process of a box may do no more than any other: it has no
// capability, and can get none.
func TestGivesUp(t *testing.T) {
	level, why := Probe()
	if level != Closed {
		t.Skip("this machine gives less: " + why)
	}
	var said bytes.Buffer
	cmd := Command(Closed, Options{Args: []string{status, "x"}, Dir: "/", Stdout: &said})
	if err := cmd.Run(); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"CapEff:\t0000000000000000", "CapPrm:\t0000000000000000", "NoNewPrivs:\t1"} {
		if !strings.Contains(said.String(), want) {
			t.Errorf("no %q in:\n%s", want, said.String())
		}
	}
}
