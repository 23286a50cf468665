package probe

import (
	"bytes"
	"fmt"
	"iter"
	"net/netip"
	"os"
	"strconv"
	"strings"
)

// chunk is how much of a process's memory is read at a time. Neighbours overlap,
// so that nothing is cut in two.
const (
	chunk   = 1 << 20
	overlap = 64
)

// remembered looks for addresses.
func remembered(pids []int, addrs []netip.Addr) (int, error) {
	want := map[[4]byte]bool{}
	for _, a := range addrs {
		want[a.As4()] = true
	}
	found := map[[4]byte]bool{}
	err := eachPiece(pids, func(b []byte) { addressesIn(b, want, found) })
	return len(found), err
}

// holds looks for texts, each no longer than the overlap.
func holds(pids []int, texts [][]byte) (int, error) {
	found := map[int]bool{}
	err := eachPiece(pids, func(b []byte) {
		for i, text := range texts {
			if !found[i] && bytes.Contains(b, text) {
				found[i] = true
			}
		}
	})
	return len(found), err
}

// eachPiece reads the memory that the processes can write to, by /proc/PID/mem, which a
// parent may do; see proc_pid_mem(5).
func eachPiece(pids []int, do func([]byte)) error {
	for _, pid := range pids {
		mem, err := os.Open("/proc/" + strconv.Itoa(pid) + "/mem")
		if err != nil {
			return ErrNoEvidence
		}
		defer mem.Close()
		maps, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/maps")
		if err != nil {
			return ErrNoEvidence
		}
		for line := range strings.Lines(string(maps)) {
			var from, to int64
			var mode string
			if _, err := fmt.Sscanf(line, "%x-%x %s", &from, &to, &mode); err == nil && strings.HasPrefix(mode, "rw") {
				pieces(mem, from, to, do)
			}
		}
	}
	return nil
}

// pieces reads one part of a process's memory. What cannot be read holds nothing.
func pieces(mem *os.File, from, to int64, do func([]byte)) {
	buf := make([]byte, chunk+overlap)
	for at := from; at < to; at += chunk {
		n, _ := mem.ReadAt(buf[:min(int64(len(buf)), to-at)], at)
		do(buf[:n])
	}
}

// addressesIn adds to found those of want, which all begin with 127, that are in b.
func addressesIn(b []byte, want, found map[[4]byte]bool) {
	for i := range each(b, []byte{127}) {
		note(b, i, 1, want, found)
		note(b, i, -1, want, found)
	}
	for i := range each(b, []byte("127.")) {
		text := b[i:min(i+len("127.255.255.255"), len(b))]
		end := bytes.IndexFunc(text, func(r rune) bool { return r != '.' && (r < '0' || r > '9') })
		if end < 0 {
			end = len(text)
		}
		if a, err := netip.ParseAddr(string(text[:end])); err == nil && want[a.As4()] {
			found[a.As4()] = true
		}
	}
}

// each yields where sub is in b.
func each(b, sub []byte) iter.Seq[int] {
	return func(yield func(int) bool) {
		for at := 0; ; at++ {
			next := bytes.Index(b[at:], sub)
			if at += next; next < 0 || !yield(at) {
				return
			}
		}
	}
}

// note looks at the four bytes from i on, forwards or backwards.
func note(b []byte, i, step int, want, found map[[4]byte]bool) {
	var a [4]byte
	for k := range a {
		at := i + k*step
		if at < 0 || at >= len(b) {
			return
		}
		a[k] = b[at]
	}
	if want[a] {
		found[a] = true
	}
}
