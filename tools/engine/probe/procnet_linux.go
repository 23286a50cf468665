//go:build !noevidence

package probe

import (
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"net/netip"
	"os"
	"strconv"
	"strings"
)

// procFiles are the tables of TCP sockets, see proc_pid_net(5). Reading them
// takes milliseconds where sock_diag takes microseconds, and they lack the
// backlog of a listener and the counts of a connection's bytes.
var procFiles = []string{"/proc/net/tcp", "/proc/net/tcp6"}

// procFind looks for a socket in the tables that may hold the address.
func procFind(a netip.Addr, want func(Socket) bool) (Socket, error) {
	files := procFiles
	if a.Is6() {
		files = procFiles[1:]
	}
	for i, file := range files {
		all, err := procTable(file)
		if err != nil && i == 0 {
			return Socket{}, err
		}
		for _, s := range all {
			if want(s) {
				return s, nil
			}
		}
	}
	return Socket{}, ErrNoSocket
}

func procInState(state TCPState) ([]Socket, error) {
	var held []Socket
	for i, file := range procFiles {
		all, err := procTable(file)
		if err != nil && i == 0 {
			return nil, err
		}
		for _, s := range all {
			if s.State == state {
				held = append(held, s)
			}
		}
	}
	return held, nil
}

// procTable reads one of the tables. The kernel gives it out in pieces, and a socket stands in two of
// them where others have come or gone in between: the later one counts.
func procTable(file string) ([]Socket, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNoEvidence, err)
	}
	var all []Socket
	place := map[[2]netip.AddrPort]int{} // of each in all
	for line := range strings.Lines(string(text)) {
		s, ok := procSocket(line)
		if !ok {
			continue
		}
		ends := [2]netip.AddrPort{s.Local, s.Remote}
		i, twice := place[ends]
		if twice && s.State != Listening {
			all[i] = s
			continue
		}
		place[ends] = len(all)
		all = append(all, s)
	}
	return all, nil
}

// procSocket reads one line: "sl local remote st tx:rx tr:when retrnsmt uid
// timeout inode ...", all but the last three in hexadecimal.
func procSocket(line string) (Socket, bool) {
	f := strings.Fields(line)
	if len(f) < 10 {
		return Socket{}, false
	}
	local, ok1 := procAddr(f[1])
	remote, ok2 := procAddr(f[2])
	state, err1 := strconv.ParseUint(f[3], 16, 8)
	tx, rx, ok3 := hexPair(f[4])
	timer, _, ok4 := hexPair(f[5])
	inode, err2 := strconv.ParseUint(f[9], 10, 32)
	if !ok1 || !ok2 || !ok3 || !ok4 || err1 != nil || err2 != nil {
		return Socket{}, false // the heading
	}
	return Socket{Local: local, Remote: remote, State: TCPState(state), Unread: rx, Unacked: tx,
		Timer: uint8(timer), Inode: uint32(inode)}, true
}

// procAddr reads "0100007F:1F90": the address as words in the processor's byte
// order, the port as a number.
func procAddr(s string) (netip.AddrPort, bool) {
	host, port, _ := strings.Cut(s, ":")
	b, err := hex.DecodeString(host)
	p, err2 := strconv.ParseUint(port, 16, 16)
	if err != nil || err2 != nil || len(b)%4 != 0 {
		return netip.AddrPort{}, false
	}
	for i := 0; i < len(b); i += 4 {
		binary.NativeEndian.PutUint32(b[i:], binary.BigEndian.Uint32(b[i:]))
	}
	a, ok := netip.AddrFromSlice(b)
	return netip.AddrPortFrom(a.Unmap(), uint16(p)), ok
}

func hexPair(s string) (a, b uint32, ok bool) {
	left, right, _ := strings.Cut(s, ":")
	x, err1 := strconv.ParseUint(left, 16, 32)
	y, err2 := strconv.ParseUint(right, 16, 32)
	return uint32(x), uint32(y), err1 == nil && err2 == nil
}
