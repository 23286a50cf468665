package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"loopback/tools/companion/coach"
)

// challenged is a copy of the course in which 00-setup has two challenges: to
// know the flag -quick, and the flag -quiet.
func challenged(t *testing.T) (dir string) {
	t.Helper()
	dir = copyCourse(t)
	solution, err := os.ReadFile(filepath.Join(dir, "solutions", "00-setup", "main.go"))
	if err != nil {
		t.Fatal(err)
	}
	for i, name := range []string{"quick", "quiet"} {
		id := []string{"03-", "04-"}[i] + name
		put(t, filepath.Join(dir, "testdata", "00-setup", id+".txtar"),
			"# It knows the flag -"+name+".\n# challenge\nserve -"+name+
				"\n-- hint --\nWhich flags are there?\n-- hint --\nMake a flag called "+name+".\n")
		put(t, filepath.Join(dir, "testdata", "00-setup", "right", name, "main.go"),
			strings.Replace(string(solution), "\tflag.Parse()",
				"\tflag.Bool(\""+name+"\", false, \"\")\n\tflag.Parse()", 1))
	}
	return dir
}

// From a unit that is done to a challenge that is passed.
func TestChallenge(t *testing.T) {
	t.Parallel()
	dir := challenged(t)
	exercise(t, dir, "00-setup", "testdata/00-setup/wrong/accept-once")
	says(t, dir, 0, "", "00-setup                  1 of 2")
	says(t, dir, 0, "hint 00 quick", "03-quick is a challenge of 00-setup: it runs when all else passes", "1 of 2")
	exercise(t, dir, "00-setup", "solutions/00-setup")
	says(t, dir, 0, "", "1 of 2 exercises done", "00-setup                  done ☆☆")
	says(t, dir, 0, "grade 00", "00-setup: 2 of 2\n", "  ☆    03-quick", "Challenges passed: 0 of 2.",
		coach.Command+" run 00 03-quick")
	says(t, dir, 1, "grade 00 --challenges", "00-setup: 2 of 4\n", "── 03-quick ── ")
	says(t, dir, 1, "run 00 quick", "00-setup: 0 of 1\n", "── 03-quick ── ", "flag provided but not defined: -quick")
	says(t, dir, 0, "hint 00 03", "00-setup, challenge 03-quick (", "Hint 1 of 2, which the report shows",
		"Make a flag called quick.")
	says(t, dir, 0, "hint 00 04", "Hint 2 of 2", "Make a flag called quiet.") // each challenge has its own
	says(t, dir, 0, "hint 00 03", "That was the last hint", "run 00 03-quick --timeline")
	out := says(t, dir, 0, "solution 00", "Challenge 03-quick: our program is sealed until yours passes it.")
	if strings.Contains(out, "flag.Bool") {
		t.Errorf("ours is shown:\n%s", out)
	}
	exercise(t, dir, "00-setup", "testdata/00-setup/right/quick")
	says(t, dir, 0, "", "00-setup                  done ★☆")
	says(t, dir, 0, "run 00 quick", "00-setup: 1 of 1\n  ★    03-quick")
	says(t, dir, 0, "hint 00 03", "The challenge 03-quick is passed", "solution 00")
	out = says(t, dir, 0, "solution 00", "Challenge 03-quick, from the reference (-) to our program",
		"+++ testdata/00-setup/right/quick/main.go",
		"\n+\tflag.Bool(\"quick\"", "Challenge 04-quiet: our program is sealed")
	if strings.Contains(out, `"quiet"`) {
		t.Errorf("the other is shown:\n%s", out)
	}
	exercise(t, dir, "00-setup", "solutions/00-setup")
	says(t, dir, 0, "solution 00", "+++ testdata/00-setup/right/quick/main.go") // it was passed once
	status, _, stderr := course(t, dir, "hint", "00", "1")
	oneLine(t, status, 2, stderr, "01-greeting is not a challenge; "+coach.Command+" hint 00 is about")
}

// Where the locale has no stars there are signs of ASCII.
func TestChallengePlain(t *testing.T) {
	dir := challenged(t)
	exercise(t, dir, "00-setup", "testdata/00-setup/right/quick")
	t.Setenv("LC_ALL", "C")
	says(t, dir, 0, "", "00-setup                  done *-")
	says(t, dir, 0, "grade 00", "  *    03-quick", "  -    04-quiet")
}

// The verb hands out a program, grades it with the status of all verbs, and
// counts it.
func TestDebug(t *testing.T) {
	t.Parallel()
	dir := copyCourse(t)
	status, _, stderr := course(t, dir, "debug", "--check")
	oneLine(t, status, 2, stderr, "no program is at work; "+coach.Command+" debug hands one out")
	says(t, dir, 0, "debug 00 --seed 1", "A program of 00-setup with a mistake: debug/00-1/main.go",
		"It breaks the rule of 0")
	says(t, dir, 1, "debug --check", "debug/00-1 is not mended yet.", "Your change so far: 0 lines")
	solution, err := os.ReadFile(filepath.Join(dir, "solutions", "00-setup", "main.go"))
	if err != nil {
		t.Fatal(err)
	}
	put(t, filepath.Join(dir, "debug", "00-1", "main.go"), string(solution))
	says(t, dir, 0, "debug", "Mended: debug/00-1 passes all scenarios of 00-setup; 1 of ",
		"What its author believes", "Our mend")
	says(t, dir, 0, "", "0 of 2 exercises done, 1 of ")
	says(t, dir, 0, "debug 00", "debug/00-2/main.go")
	says(t, dir, 0, "debug --give-up", "What its author believes")
}
