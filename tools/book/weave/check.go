package weave

import (
	"cmp"
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"loopback/tools/base/problem"
)

// A book is the course as one check sees it. Every file is read once.
type book struct {
	root         string
	pages        []*page // chapters/*.md without SUMMARY.md, in order
	notes        []*page // pages beside the book: only their links are checked
	translations []*page
	units        []string            // the names of the folders in testdata/
	scenarios    map[string][]string // by unit: the names of its scenarios

	texts    map[string][]byte
	programs map[string]*program
	problems []problem.Problem
}

// Check checks the chapters of the course whose root folder is root, and
// returns what is wrong in the order of files and lines.
func Check(root string) []problem.Problem {
	b, err := load(root)
	if err != nil {
		return []problem.Problem{problem.In("chapters", "%v", err)}
	}
	for _, p := range b.pages {
		b.checkBlocks(p)
		b.checkOrder(p)
		b.checkCoverage(p)
		b.checkNames(p)
		b.checkScenarios(p)
		b.checkPaths(p)
	}
	b.checkPictures()
	b.checkGlossary()
	b.checkLinks()
	b.checkReadTargets()
	b.checkTranslations()
	b.checkSummary()
	b.checkHours()
	slices.SortStableFunc(b.problems, func(x, y problem.Problem) int {
		return cmp.Or(strings.Compare(x.File, y.File), cmp.Compare(x.Line, y.Line))
	})
	return slices.Compact(b.problems)
}

// load reads the pages and finds the units.
func load(root string) (*book, error) {
	b := &book{
		root:      root,
		scenarios: map[string][]string{},
		texts:     map[string][]byte{},
		programs:  map[string]*program{},
	}
	files, err := filepath.Glob(filepath.Join(root, "chapters", "*.md"))
	if err != nil {
		return nil, err
	}
	if len(files) == 0 {
		return nil, errors.New("no pages here: chapters/*.md is empty")
	}
	for _, f := range files { // in order of names: units, then other pages
		name := filepath.Base(f)
		if name == "SUMMARY.md" {
			continue
		}
		src, err := os.ReadFile(f)
		if err != nil {
			return nil, err
		}
		b.pages = append(b.pages, readPage(path.Join("chapters", name), src))
	}
	for _, name := range []string{"README.md", "CONTRIBUTING.md", "CHANGELOG.md"} {
		if src, err := os.ReadFile(filepath.Join(root, name)); err == nil {
			b.notes = append(b.notes, readPage(name, src))
		}
	}
	return b, errors.Join(b.loadTranslations(), b.findScenarios())
}

// findScenarios finds the units and the names of their scenarios.
func (b *book) findScenarios() error {
	files, err := filepath.Glob(filepath.Join(b.root, "testdata", "*", "*.txtar"))
	for _, f := range files {
		unit := filepath.Base(filepath.Dir(f))
		if !unitName.MatchString(unit) {
			continue
		}
		b.scenarios[unit] = append(b.scenarios[unit], strings.TrimSuffix(filepath.Base(f), ".txtar"))
		if !slices.Contains(b.units, unit) {
			b.units = append(b.units, unit)
		}
	}
	return err
}

// text returns a file of the course. File is relative to the root.
func (b *book) text(file string) ([]byte, error) {
	if t, ok := b.texts[file]; ok {
		return t, nil
	}
	t, err := os.ReadFile(filepath.Join(b.root, filepath.FromSlash(file)))
	if err == nil {
		b.texts[file] = t
	}
	return t, err
}

// exists reports whether a file or folder is there. File is relative to the
// root.
func (b *book) exists(file string) bool {
	_, err := os.Stat(filepath.Join(b.root, filepath.FromSlash(file)))
	return !errors.Is(err, fs.ErrNotExist)
}
