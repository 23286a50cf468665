package grade

import (
	"strings"
	"testing"
)

// The seed is the one asked for, or that of the environment, or a drawn one.
func TestChooseSeed(t *testing.T) {
	for _, c := range []struct {
		asked int
		env   string
		want  int
		err   string
	}{{7, "", 7, ""}, {7, "8", 7, ""}, {0, "8", 8, ""}, {0, "x", 0, SeedVariable}, {0, "0", 0, SeedVariable}} {
		t.Setenv(SeedVariable, c.env)
		n, err := chooseSeed(c.asked)
		if n != c.want || (err != nil) != (c.err != "") || err != nil && !strings.Contains(err.Error(), c.err) {
			t.Errorf("asked for %d, with %q: %d, %v; want %d", c.asked, c.env, n, err, c.want)
		}
	}
	t.Setenv(SeedVariable, "")
	drawn := map[int]bool{}
	for range 20 {
		n, err := chooseSeed(0)
		if drawn[n] = true; err != nil || n < 2 || n > mostSeed {
			t.Errorf("%d was drawn, %v", n, err)
		}
	}
	if len(drawn) < 10 {
		t.Errorf("only %d different seeds in 20", len(drawn))
	}
}
