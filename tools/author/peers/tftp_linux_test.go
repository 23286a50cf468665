package peers

import (
	"bytes"
	"math/rand/v2"
	"net/netip"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"loopback/tools/base/tree"
	"loopback/tools/engine/build"
	"loopback/tools/engine/scenario"
	"loopback/tools/engine/wire"
)

// A fetcher is a foreign client that gets one file and writes it to another.
type fetcher struct {
	tool string
	args func(s *server, name, to string) []string
}

var fetchers = []fetcher{
	{"curl", func(s *server, name, to string) []string {
		return []string{"-s", "-S", "--path-as-is", "-o", to, "tftp://" + s.addr + "/" + name}
	}},
	{"tftp", func(s *server, name, to string) []string {
		return []string{"-m", "binary", s.host, s.port, "-c", "get", name, to}
	}},
	{"atftp", func(s *server, name, to string) []string {
		return []string{"-g", "-r", name, "-l", to, s.host, s.port}
	}},
}

// library makes a folder of files that have special sizes, and one outside it.
func library(t *testing.T) (dir string, files map[string][]byte) {
	t.Helper()
	dir, files = filepath.Join(t.TempDir(), "files"), map[string][]byte{}
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	r := rand.NewChaCha8([32]byte{15})
	for name, size := range map[string]int{"one": 1, "block": 512, "two": 1024, "many": 200_001} {
		data := make([]byte, size)
		r.Read(data)
		files[name] = data
	}
	for name, data := range files {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "..", "secret"), []byte("hidden"), 0o644); err != nil {
		t.Fatal(err)
	}
	return dir, files
}

// TestFilesFetched has three foreign clients get files of special sizes.
func TestFilesFetched(t *testing.T) {
	for _, f := range fetchers {
		t.Run(f.tool, func(t *testing.T) {
			dir, files := library(t)
			s := serve(t, "tftpd", dir)
			for name, want := range files {
				to := filepath.Join(t.TempDir(), name)
				start(t, f.tool, append([]string{tool(t, f.tool)}, f.args(s, name, to)...)...).succeeds()
				if got, err := os.ReadFile(to); err != nil || !bytes.Equal(got, want) {
					t.Errorf("%s: %d bytes, %v; want %d", name, len(got), err, len(want))
				}
			}
			s.quiet()
		})
	}
}

// TestFilesRefused has curl ask for what it must not get. Its exit status says
// which error it was sent: curl(1).
func TestFilesRefused(t *testing.T) {
	dir, _ := library(t)
	s := serve(t, "tftpd", dir)
	for name, want := range map[string]int{"nowhere": 68, "../secret": 69, "/etc/passwd": 69} {
		to := filepath.Join(t.TempDir(), "got")
		c := start(t, "curl", append([]string{tool(t, "curl")}, fetchers[0].args(s, name, to)...)...)
		if code := c.exits(); code != want {
			c.fatalf("%s: status %d, want %d", name, code, want)
		}
		if got, err := os.ReadFile(to); err == nil && len(got) > 0 {
			t.Errorf("%s: curl has got %q", name, got)
		}
	}
	s.quiet()
}

// TestFilesInBlocksOfCurl has curl agree to a block size, with the right variant
// that can do that.
func TestFilesInBlocksOfCurl(t *testing.T) {
	dir, files := library(t)
	exe := rightVariant(t, "tftpd", "blksize-and-tsize")
	r := start(t, "tftpd", exe, "-listen", "127.0.0.1:0", "-options", dir)
	addr := r.announces(r.Stdout(), announcement)
	to := filepath.Join(t.TempDir(), "many")
	start(t, "curl", tool(t, "curl"), "-s", "-S", "--tftp-blksize", "1400", "-o", to, "tftp://"+addr+"/many").succeeds()
	if got, err := os.ReadFile(to); err != nil || !bytes.Equal(got, files["many"]) {
		t.Errorf("%d bytes, %v; want %d", len(got), err, len(files["many"]))
	}
}

// TestFilesThroughLoss has curl fetch a file through a relay that loses, doubles
// and holds back packets of the transfer. The server's wait is short: whatever
// curl hears once more comes from there.
func TestFilesThroughLoss(t *testing.T) {
	dir, files := library(t)
	s := serve(t, "tftpd", "-timeout", "50ms", dir)
	at := func(w wire.Way, n int) wire.Place { return wire.Place{Way: w, N: n} }
	rules := wire.Rules{
		Drop: map[wire.Place]bool{at(wire.Back, 2): true, at(wire.Outward, 5): true, at(wire.Back, 40): true},
		Dup:  map[wire.Place]bool{at(wire.Outward, 8): true, at(wire.Back, 10): true},
		Hold: map[wire.Place]wire.Place{at(wire.Outward, 20): at(wire.Outward, 21)},
	}
	fates := map[wire.Fate]int{}
	r, err := wire.NewRelay("R", s.host, netip.MustParseAddrPort(s.addr), rules,
		func(p wire.Passage) { fates[p.Fate]++ })
	if err != nil {
		t.Fatal(err)
	}
	stop := pumped(t, r)
	to := filepath.Join(t.TempDir(), "many")
	start(t, "curl", tool(t, "curl"), "-s", "-S", "-o", to, "tftp://"+r.Addr().String()+"/many").succeeds()
	stop()
	if got, err := os.ReadFile(to); err != nil || !bytes.Equal(got, files["many"]) {
		t.Errorf("%d bytes, %v; want %d", len(got), err, len(files["many"]))
	}
	want := map[wire.Fate]int{wire.Dropped: 3, wire.HandedOnAgain: 2, wire.HeldBack: 1, wire.Released: 1}
	for fate, n := range want {
		if fates[fate] != n {
			t.Errorf("%d packets have met fate %d; want %d", fates[fate], fate, n)
		}
	}
	s.quiet()
}

// pumped keeps a relay going until the function that it returns is called.
func pumped(t *testing.T, r *wire.Relay) (stop func()) {
	end, ended := make(chan bool), make(chan bool)
	stop = sync.OnceFunc(func() { close(end); <-ended; r.Close() })
	t.Cleanup(stop)
	go func() {
		defer close(ended)
		again := time.NewTicker(time.Millisecond)
		defer again.Stop()
		for {
			if _, err := r.Pump(); err != nil {
				t.Errorf("relay: %v", err)
				return
			}
			select {
			case <-again.C:
			case <-end:
				return
			}
		}
	}()
	return stop
}

// rightVariant returns the executable of a right variant of the unit whose
// solution is called name.
func rightVariant(t *testing.T, name, variant string) string {
	t.Helper()
	root, err := tree.Root(".")
	if err != nil {
		t.Fatal(err)
	}
	unit, err := scenario.LoadUnit(root, filepath.Base(solution(t, root, name)))
	if err != nil {
		t.Fatal(err)
	}
	folder := filepath.Join(root, "testdata", unit.Name, "right", variant)
	path, err := build.Program(t.Context(), unit, folder, false)
	if err != nil {
		t.Fatal(err)
	}
	return path
}
