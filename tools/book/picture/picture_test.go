package picture

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"loopback/tools/base/tree"
	"loopback/tools/engine/process"
)

// TestMain makes sure that nothing is left running.
func TestMain(m *testing.M) {
	code := m.Run()
	if strays := process.Sweep(); len(strays) > 0 {
		fmt.Fprintln(os.Stderr, "still running after the tests:", strays)
		code = 1
	}
	os.Exit(code)
}

func courseRoot(t *testing.T) string {
	t.Helper()
	root, err := tree.Root(".")
	if err != nil {
		t.Fatal(err)
	}
	return root
}

// TestPictures plays the scenario of every picture of the course.
func TestPictures(t *testing.T) {
	for _, p := range Check(t.Context(), courseRoot(t)) {
		if p.Skipped {
			t.Logf("SKIPPED %v", p)
		} else {
			t.Errorf("%v", p)
		}
	}
}

// page shows two pictures of one scenario: as it should be, and as a wrong
// program makes it.
const page = `# Setup

<!-- picture: 00-setup/02-next-client -->
![Two clients are greeted](pictures/right.svg)

<!-- timeline: 00-setup/02-next-client -->
~text
~

And so not:

<!-- picture: 00-setup/02-next-client of wrong/accept-once -->
![The second client waits forever](pictures/wrong.svg)

<!-- timeline: 00-setup/02-next-client of wrong/accept-once -->
~text
~
`

// small makes a course of one unit and one page, and draws its pictures.
func small(t *testing.T) (root string) {
	t.Helper()
	root = t.TempDir()
	from := courseRoot(t)
	for _, file := range []string{"go.mod", "go.sum", "solutions/00-setup/main.go",
		"testdata/00-setup/01-greeting.txtar",
		"testdata/00-setup/02-next-client.txtar", "testdata/00-setup/wrong/accept-once/main.go"} {
		data, err := os.ReadFile(filepath.Join(from, file))
		if err != nil {
			t.Fatal(err)
		}
		put(t, root, file, string(data))
	}
	put(t, root, "chapters/00-setup.md", strings.ReplaceAll(page, "~", "```"))
	changed, err := Fix(t.Context(), root)
	if want := "chapters/00-setup.md chapters/pictures/right.svg chapters/pictures/wrong.svg"; err != nil ||
		strings.Join(changed, " ") != want {
		t.Fatalf("Fix = %v, %v; want %s", changed, err, want)
	}
	return root
}

func put(t *testing.T, root, file, text string) {
	t.Helper()
	name := filepath.Join(root, filepath.FromSlash(file))
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func change(t *testing.T, root, file, old, new string) {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(root, file))
	if err != nil || !strings.Contains(string(data), old) {
		t.Fatalf("%s does not contain %q (%v)", file, old, err)
	}
	put(t, root, file, strings.Replace(string(data), old, new, 1))
}

// What Fix draws is what Check wants, however often the scenario is played:
// times and addresses make no difference.
func TestFixThenCheck(t *testing.T) {
	root := small(t)
	for range 3 {
		for _, p := range Check(t.Context(), root) {
			t.Error(p)
		}
	}
	if changed, err := Fix(t.Context(), root); err != nil || len(changed) > 0 {
		t.Errorf("Fix again = %v, %v; want nothing", changed, err)
	}
	text, _ := os.ReadFile(filepath.Join(root, "chapters/00-setup.md"))
	for _, want := range []string{"listening on 127.0.0.1:40001\n", "connect from 127.0.0.1:50002\n",
		"✗     │  nothing came back"} {
		if !strings.Contains(string(text), want) {
			t.Errorf("the page does not say %q:\n%s", want, text)
		}
	}
}

// seeded are pictures that no longer show what happens.
var seeded = []struct {
	name           string
	file, old, new string
	at, words      string
	others         int
}{
	{"a program that does something else", "solutions/00-setup/main.go", "hello, socket", "hallo, socket",
		"chapters/00-setup.md:3", "the picture could not be drawn: solutions/00-setup fails this scenario", 0},
	{"a scenario with a row more", "testdata/00-setup/02-next-client.txtar", "eof B", "eof B\nclosewrite B",
		"chapters/00-setup.md:17",
		`stale: 00-setup/02-next-client now goes "9   │     ├─────▶  FIN: B has no more to send" here: write the timeline again with: go run ./tools/course weave --fix`, 1},
	{"a drawing changed by hand", "chapters/pictures/right.svg", `14 bytes`, `13 bytes`,
		"chapters/00-setup.md:4", "stale: chapters/pictures/right.svg is not what 00-setup/02-next-client looks like " +
			"now: draw it again with: go run", 0},
	{"a timeline changed by hand", "chapters/00-setup.md", "14 bytes", "13 bytes",
		"chapters/00-setup.md:11",
		`stale: 00-setup/02-next-client now goes "3   ◀───────────┤  \"hello, socket\\n\"            14 bytes" here`, 0},
	{"another text for the image", "chapters/00-setup.md", "![Two clients are", "![Both clients are",
		"chapters/00-setup.md:4",
		"stale: chapters/pictures/right.svg is not what 00-setup/02-next-client looks like now", 0},
	{"a program that does not compile", "testdata/00-setup/wrong/accept-once/main.go", "func main()", "func main(",
		"chapters/00-setup.md:21",
		"the picture could not be drawn: testdata/00-setup/wrong/accept-once does not compile", 0},
}

func TestSeeded(t *testing.T) {
	for _, s := range seeded {
		t.Run(strings.ReplaceAll(s.name, " ", "-"), func(t *testing.T) {
			root := small(t)
			change(t, root, s.file, s.old, s.new)
			ps := Check(t.Context(), root)
			found := false
			for _, p := range ps {
				t.Log(p)
				found = found || strings.HasPrefix(p.String(), s.at+": ") && strings.Contains(p.Text, s.words)
			}
			if !found || len(ps) != 1+s.others {
				t.Errorf("%d problems; want %d, and %s: ... %s", len(ps), 1+s.others, s.at, s.words)
			}
		})
	}
}

// A picture that cannot be drawn stops Fix, with the place to mend.
func TestFixSaysWhatItCannot(t *testing.T) {
	root := small(t)
	change(t, root, "solutions/00-setup/main.go", "hello, socket", "hallo, socket")
	if _, err := Fix(t.Context(), root); err == nil ||
		!strings.HasPrefix(err.Error(), "chapters/00-setup.md:3: the picture could not be drawn") {
		t.Errorf("Fix: %v", err)
	}
}
