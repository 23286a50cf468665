package limits

import (
	"math/rand/v2"
	"strings"
	"testing"

	"loopback/tools/engine/play/scene"
)

// What any-lines draws is a line of at most 4,096 bytes, and its answer is known
// just when it is a request.
func TestDrawnLines(t *testing.T) {
	l := &lineTalk{Rand: rand.New(rand.NewPCG(1, 2))}
	good, longest := 0, 0
	for range 5000 {
		line, answer := l.request()
		word, ok := strings.CutPrefix(strings.TrimSuffix(line, "\n"), "upper ")
		ok = ok && word != "" && !strings.ContainsFunc(word, func(r rune) bool { return r <= ' ' || r > '~' })
		if strings.Count(line, "\n") != 1 || !strings.HasSuffix(line, "\n") || len(line) > 4096 {
			t.Fatalf("not a line of 4,096 bytes: %.60q, %d bytes", line, len(line))
		}
		if want := strings.ToUpper(word) + "\n"; ok != (answer != "") || ok && answer != want {
			t.Fatalf("%.60q: got the answer %.60q", line, answer)
		}
		longest = max(longest, len(line))
		if ok {
			good++
		}
	}
	if good < 3000 || good > 4900 || longest != 4096 {
		t.Errorf("%d of 5000 lines are requests, and the longest has %d bytes", good, longest)
	}
}

// A grader that has spoken in time has lost nothing, one that has not has.
func TestHaste(t *testing.T) {
	if (scene.Haste{}).Lost(nil) {
		t.Error("nothing was asked for")
	}
}
