package crowds

import (
	"strings"
	"testing"
)

func TestUses(t *testing.T) {
	text := "package main\n\nimport (\n\t\"fmt\"\n\tn \"net\"\n\t\"net/netip\"\n)\n\nfunc main() {\n" +
		"\tgo fmt.Println(n.ErrClosed, netip.Addr{})\n}\n"
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
		found := uses("main.go", []byte(text), strings.Split(c.paths, ","), c.goToo)
		if got := strings.Join(found, "; "); got != c.want {
			t.Errorf("without %q: got %q, want %q", c.paths, got, c.want)
		}
	}
}

// A goroutine is one by whichever name it is started.
func TestUsesStarts(t *testing.T) {
	const head = "package main\n\nimport \"sync\"\n\nvar wg sync.WaitGroup\n\n"
	for text, want := range map[string]int{
		"func main() { wg.Go(main) }\n":                                          1,
		"func main() { start := wg.Go; start(main) }\n":                          1,
		"func main() { time.AfterFunc(0, main) }\n":                              0,
		"type loop int\n\nfunc (loop) Go() {}\n\nfunc main() { loop(0).Go() }\n": 0,
	} {
		if got := uses("main.go", []byte(head+text), nil, true); len(got) != want {
			t.Errorf("%s: got %q", text, got)
		}
	}
}
