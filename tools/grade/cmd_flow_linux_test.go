package grade

import (
	"path/filepath"
	"testing"

	"loopback/tools/base/tree"
	"loopback/tools/engine/build"
	"loopback/tools/engine/result"
)

// What the commands about flow and about means say of a server that echoes,
// and of one that reads everything and never answers.
func TestFlowAndMeans(t *testing.T) {
	for _, c := range []struct{ name, program, script, want string }{
		{"two stops", "echo", "serve\ndial -small A\noverfill A\nunstuff A\noverfill A\nidle\nunstuff -slowly A\n" +
			"closewrite A\neof A", "pass"},
		{"a FIN while output is pending", "echo", "serve\ndial -small A\noverfill A\nclosewrite A\n" +
			"unstuff -slowly A\neof A", "pass"},
		{"no room at all", "echo", "serve\ndial -small A B\noverfill -segments A\nidle\noverfill -segments B\n" +
			"unstuff -slowly B\nunstuff A", "pass"},
		{"an answer that never comes", "moody", "serve\ndial -small A\noverfill A\nunstuff -slowly A", "fail:silence"},
		{"little is held", "echo", "serve\ndial -small A\nstuff A\nheld A 1MiB", "pass"},
		{"much is held", "moody", "serve\ndial A\nsend A bytes:1048577\nheld A 1MiB", "fail:memory"},
		{"held to the byte", "moody", "serve\ndial A\nsend A bytes:65536\nheld A 65536", "pass"},
		{"a burst without an answer", "moody", "serve\ndial A B\nfair A B", "fail:silence"},
		{"few threads", "echo", "serve\nhold 100\nthreads 64\nidle", "pass"},
		{"too many threads", "echo", "serve\nhold 1\nthreads 1", "fail:threads"},
		{"little memory", "echo", "serve\nhold 10\nmemory 32MiB", "pass"},
		{"too much memory", "echo", "serve\nhold 200\nmemory 0", "fail:memory"},
		{"no source is known", "echo", "serve\nsource -without-go", "skip"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := gradeTiny(t, tinyUnit(t, c.script), Options{}, c.program, "")
			if got := statuses(r); got != c.want {
				t.Errorf("%s; want %s\n%s", got, c.want, r.Text())
			}
		})
	}
}

// A loop that takes one step for each client in turn is fair. Goroutines are,
// too, but for how the system shares out its processors.
func TestFair(t *testing.T) {
	t.Parallel()
	root, err := tree.Root(".")
	if err != nil {
		t.Fatal(err)
	}
	loop, err := build.Alone(t.Context(), root, filepath.Join(root, "solutions", "06-readiness-loop"), false)
	if err != nil {
		t.Fatal(err)
	}
	r, err := GradeCommand(t.Context(), tinyUnit(t, "serve\ndial A B\nfair A B\nfair B A"), []string{loop}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if got := statuses(r); got != result.Pass {
		t.Errorf("%s; want %s\n%s", got, result.Pass, r.Text())
	}
}
