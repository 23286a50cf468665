package wine

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// A loan is what Wine 8 lacks and Windows has: some lines of Go's own library that are
// other ones where programs of the course run under Wine.
type loan struct {
	file   string // below GOROOT/src
	shown  bool   // testdata/faults shows what it is for, and is compiled without it
	change []string
}

var loans = []loan{
	// No Go program starts without ProcessPrng. This function of advapi32.dll does the same.
	{file: "runtime/os_windows.go", change: []string{
		`{'b', 'c', 'r', 'y', 'p', 't', 'p', 'r', 'i', 'm', 'i', 't', 'i', 'v', 'e', 's', '.', 'd', 'l', 'l', 0}`,
		`{'a', 'd', 'v', 'a', 'p', 'i', '3', '2', '.', 'd', 'l', 'l', 0}`,
		`"ProcessPrng\000"`, `"SystemFunction036\000"`}},
	{file: "internal/syscall/windows/zsyscall_windows.go", change: []string{
		`"bcryptprimitives.dll"`, `"advapi32.dll"`, `NewProc("ProcessPrng")`, `NewProc("SystemFunction036")`}},
	// Wine says of FileDispositionInformationEx that it is not implemented.
	{file: "internal/syscall/windows/at_windows.go", shown: true, change: []string{
		"STATUS_NOT_SUPPORTED: ", "STATUS_NOT_SUPPORTED, NTStatus(0xC0000002): "}},
	// Windows says WSAECONNRESET of a client that is gone before it is accepted, and Wine
	// WSAENOTCONN.
	{file: "internal/poll/fd_windows.go", shown: true, change: []string{
		"case syscall.ERROR_NETNAME_DELETED, syscall.WSAECONNRESET:",
		"case syscall.ERROR_NETNAME_DELETED, syscall.WSAECONNRESET, syscall.Errno(10057):"}},
}

// lend writes an overlay for go build, with all loans or those alone without which no
// program starts.
func lend(t *testing.T, all bool) (overlay string) {
	t.Helper()
	out, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		t.Fatal(err)
	}
	src := filepath.Join(strings.TrimSpace(string(out)), "src")
	dir := t.TempDir()
	replace := map[string]string{}
	for _, l := range loans {
		if l.shown && !all {
			continue
		}
		from := filepath.Join(src, filepath.FromSlash(l.file))
		data, err := os.ReadFile(from)
		if err != nil {
			t.Fatal(err)
		}
		text := string(data)
		for i := 0; i < len(l.change); i += 2 {
			if !strings.Contains(text, l.change[i]) {
				t.Fatalf("%s: this release of Go has other lines there; look for what is now in the place of %s",
					from, l.change[i])
			}
			text = strings.Replace(text, l.change[i], l.change[i+1], 1)
		}
		to := filepath.Join(dir, strings.ReplaceAll(l.file, "/", "-"))
		if err := os.WriteFile(to, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		replace[from] = to
	}
	data, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		t.Fatal(err)
	}
	overlay = filepath.Join(dir, "overlay.json")
	if err := os.WriteFile(overlay, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return overlay
}
