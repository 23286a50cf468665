package elsewhere

import (
	"fmt"
	"go/build"
	"os"
	"path/filepath"
	"strings"

	"loopback/tools/author/wine"
	"loopback/tools/base/tree"
)

// caughtFile holds a line for each wrong program that is caught without evidence:
// UNIT/NAME, the scenario that it fails, and the code. Comments begin with "#".
const caughtFile = "testdata/elsewhere/caught.txt"

// Table returns the table of what works where, for README.md and chapters/00-setup.md.
// It is made from the build constraints of the solutions, and from the recorded list.
func Table(root string) (string, error) {
	mac, err := notOn(root, "darwin")
	if err != nil {
		return "", err
	}
	bsd, err := notOn(root, "freebsd")
	if err != nil {
		return "", err
	}
	windows, err := notOn(root, "windows")
	if err != nil {
		return "", err
	}
	data, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(caughtFile)))
	if err != nil {
		return "", err
	}
	caught := 0
	for line := range strings.Lines(string(data)) {
		if !strings.HasPrefix(line, "#") && strings.TrimSpace(line) != "" {
			caught++
		}
	}
	const tried = "built and vetted, not tried yet"
	onWine := "built and vetted; tried in part, under Wine: " + strings.ReplaceAll(wine.Units, ",", ", ")
	const uses = "bytes, time, and what a program uses"
	most := fmt.Sprintf("%d at least", caught)
	return row("", "Linux", "macOS", "BSD", "Windows") + "|---|---|---|---|---|\n" +
		row("the course has run there", "at every change", tried, tried, onWine) +
		row("units that can be done", "all", mac, bsd, windows) +
		row("a verdict rests on", "what the kernel says", uses, "as on macOS; without FreeBSD: bytes and time", uses) +
		row("the course's wrong programs that fail", "all", most, "FreeBSD: "+most, most), nil
}

// row is a row of a table.
func row(cells ...string) string { return "| " + strings.Join(cells, " | ") + " |\n" }

// notOn says which units can be done on a system.
func notOn(root, goos string) (string, error) {
	units, err := tree.Units(root)
	if err != nil {
		return "", err
	}
	here := build.Default
	here.GOOS, here.GOARCH, here.CgoEnabled = goos, "amd64", false
	var without []string
	for _, unit := range units {
		ok, err := here.MatchFile(filepath.Join(root, "solutions", unit), "main.go")
		if err != nil {
			return "", err
		}
		if !ok {
			number, _, _ := strings.Cut(unit, "-")
			without = append(without, number)
		}
	}
	if len(without) == 0 {
		return "all", nil
	}
	return "all but " + strings.Join(without, ", "), nil
}
