//go:build !noevidence

package probe

import (
	"net"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"golang.org/x/sys/unix"
)

// Both ends of a connection between Unix sockets, from connect to close.
func TestUnixEnds(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.sock")
	ln, err := net.ListenUnix("unix", &net.UnixAddr{Net: "unix", Name: path})
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	held, err := UnixListenersOf([]int{os.Getpid()})
	if err != nil {
		t.Skipf("SKIP: %v", err)
	}
	info, _ := os.Lstat(path)
	i := slices.IndexFunc(held, func(l UnixListener) bool { return l.Path == path })
	if i < 0 || held[i].Packets || info.Mode()&os.ModeSocket == 0 {
		t.Fatalf("%+v has no listener at %s", held, path)
	}
	client, err := net.Dial("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	inode := inodeOf(t, client)
	expect := func(what string, state TCPState, unread bool, accepted bool) {
		t.Helper()
		s, err := UnixPeer(inode)
		if err != nil || s.State != state || s.Unread > 0 != unread || s.Inode != 0 != accepted {
			t.Errorf("%s: %+v, %v", what, s, err)
		}
	}
	expect("connected", Established, false, false)
	client.Write([]byte("12345"))
	expect("written", Established, true, false)
	server, err := ln.AcceptUnix()
	if err != nil {
		t.Fatal(err)
	}
	expect("accepted", Established, true, true)
	server.Read(make([]byte, 5))
	expect("read", Established, false, true)
	client.(*net.UnixConn).CloseWrite()
	expect("shut down", CloseWait, false, true)
	server.Write([]byte("123"))
	if s, err := UnixEnd(inode); err != nil || s.Unread != 3 || s.State != FinWait2 {
		t.Errorf("our end: %+v, %v", s, err)
	}
	server.Close()
	if s, err := UnixPeer(inode); err != ErrNoSocket {
		t.Errorf("closed: %+v, %v", s, err)
	}
	if s, err := UnixEnd(inode); err != nil || s.State != CloseWait {
		t.Errorf("our end, when theirs is closed: %+v, %v", s, err)
	}
}

func inodeOf(t *testing.T, conn net.Conn) (inode uint32) {
	raw, err := conn.(*net.UnixConn).SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	raw.Control(func(fd uintptr) {
		var st unix.Stat_t
		if err = unix.Fstat(int(fd), &st); err == nil {
			inode = uint32(st.Ino)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	return inode
}

// What happened in a folder, in order, and nothing from before.
func TestChanges(t *testing.T) {
	dir := t.TempDir()
	file := func(name string) string { return filepath.Join(dir, name) }
	os.WriteFile(file("old"), nil, 0o600)
	c, err := Watch(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	os.WriteFile(file("new"), nil, 0o600)
	os.Chmod(file("new"), 0o640)
	os.Rename(file("new"), file("moved"))
	os.Remove(file("moved"))
	want := []Change{{Name: "new", Made: true}, {Name: "new", Shut: true}, {Name: "new", Attr: true},
		{Name: "new", Gone: true}, {Name: "moved", Made: true}, {Name: "moved", Gone: true}}
	if got := c.Since(); !slices.Equal(got, want) {
		t.Errorf("%+v\nwant %+v", got, want)
	}
}
