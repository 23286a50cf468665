package play

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestUses(t *testing.T) {
	file := filepath.Join(t.TempDir(), "main.go")
	text := "package main\n\nimport (\n\t\"fmt\"\n\tn \"net\"\n\t\"net/netip\"\n)\n\nfunc main() {\n" +
		"\tgo fmt.Println(n.ErrClosed, netip.Addr{})\n}\n"
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		paths string
		goToo bool
		want  string
	}{
		{"net", true, "main.go:5  imports \"net\"; main.go:10  starts a goroutine"},
		{"net,fmt", false, "main.go:4  imports \"fmt\"; main.go:5  imports \"net\""},
		{"os", false, ""},
		{"", true, "main.go:10  starts a goroutine"},
	} {
		if got := strings.Join(uses(file, strings.Split(c.paths, ","), c.goToo), "; "); got != c.want {
			t.Errorf("without %q: got %q, want %q", c.paths, got, c.want)
		}
	}
}
