package facts

import (
	"slices"
	"strings"
	"testing"
)

// accesses is a report of the race detector, of two goroutines that were started
// in these lines of main.go.
func accesses(first, second string, started ...string) string {
	var b strings.Builder
	b.WriteString("\n" + first + "\nPrevious " + second + "\n")
	for _, at := range started {
		b.WriteString("Goroutine 9 (running) created at:\n  main.serve()\n      /home/ada/main.go:" + at + " +0x30\n" +
			"  main.main()\n      /home/ada/main.go:1 +0x30\n\n")
	}
	return b.String() + "==================\nRead at 0x1 by goroutine 7:\n  main.f()\n      /home/ada/main.go:99 +0x1\n"
}

// by is one access, inside the function callee of the library or the program.
func by(what, callee, line string) string {
	return what + " at 0x00c00009a4e0 by goroutine 10:\n  " + callee + "()\n      /usr/lib/go/x.go:206 +0x0\n" +
		"  main.handle()\n      /home/ada/main.go:" + line + " +0xf4\n  main.serve()\n      /home/ada/main.go:3 +0x1\n"
}

func TestParseRace(t *testing.T) {
	lost := "write at 0x1 by goroutine 8:\n  [failed to restore the stack]\n"
	tests := []struct {
		name, report string
		want         []string
		onMap        bool
	}{
		{"one line meets itself",
			accesses(by("Write", "runtime.mapassign", "49"), by("write", "runtime.mapassign", "49"),
				"42", "42"), []string{"main.go:49  write, twice", "(the goroutines were started in main.go:42)"}, true},
		{"one line, two kinds", accesses(by("Read", "main.add", "10"), by("write", "main.add", "10"), "14", "13"),
			[]string{"main.go:10  read", "main.go:10  write",
				"(the goroutines were started in main.go:13 and main.go:14)"}, false},
		{"a length and a map",
			accesses(by("Read", "main.count", "12"), by("write", "runtime.mapdelete_fast64", "7"), "5"),
			[]string{"main.go:12  read", "main.go:7  write", "(the goroutines were started in main.go:5)"}, true},
		{"no second stack", accesses(by("Write", "main.add", "10"), lost, "14"),
			[]string{"main.go:10  write", "(the goroutines were started in main.go:14)"}, false},
		{"cut off", by("Write", "main.add", "10"), []string{"main.go:10  write"}, false},
		{"nothing", "", nil, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := ParseRace(tt.report)
			if got := r.Lines(); !slices.Equal(got, tt.want) {
				t.Errorf("lines\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(tt.want, "\n"))
			}
			if r.onMap() != tt.onMap {
				t.Errorf("on a map: %v", r.onMap())
			}
		})
	}
}
