package progress

import (
	"os/exec"
	"strings"
	"testing"
)

// goCache is where the Go command keeps what it has compiled; it is a matter of
// Go's, not of the course's.
func goCache(t *testing.T) string {
	t.Helper()
	out, err := exec.Command("go", "env", "GOCACHE").Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(out))
}
