package weave

import (
	"cmp"
	"crypto/sha256"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// A translation is a page chapters/LANG/NAME.md. It has the headings, the blocks and the
// pictures of chapters/NAME.md, in the same order, from the top down; it may end earlier. Its
// blocks are the original's, to the letter: what a program prints is in no language.
//
//	<!-- translates: SUM -->   in its first line: of which text of the original it is the translation
var (
	language   = regexp.MustCompile(`^[a-z]{2,3}(-[A-Z]{2})?$`)
	translates = regexp.MustCompile(`^<!-- translates: ([0-9a-f]*) -->$`)
)

// outdated is what a page says of itself when its original has changed since.
func outdated(p *page) string {
	return fmt.Sprintf("> [The original](../%s) has changed since this was translated.", path.Base(p.file))
}

// isTranslation reports whether a file, relative to the root, lies where translations do.
func isTranslation(file string) bool {
	dir := path.Dir(file)
	return path.Dir(dir) == "chapters" && language.MatchString(path.Base(dir))
}

// loadTranslations reads the pages in other languages.
func (b *book) loadTranslations() error {
	files, err := filepath.Glob(filepath.Join(b.root, "chapters", "*", "*.md"))
	if err != nil {
		return err
	}
	for _, f := range files {
		rel, err := filepath.Rel(b.root, f)
		if err != nil {
			return err
		}
		if rel = filepath.ToSlash(rel); !isTranslation(rel) {
			continue
		}
		src, err := os.ReadFile(f)
		if err != nil {
			return err
		}
		b.translations = append(b.translations, readPage(rel, src))
	}
	return nil
}

// original returns the page of which p is the translation, nil when there is none.
func (b *book) original(p *page) *page { return b.page("chapters/" + path.Base(p.file)) }

// An item is what a translation has in common with its original.
type item struct {
	line  int
	what  string // a heading's level, a directive
	block *block
}

// items returns those of a page, in order.
func (p *page) items() (all []item) {
	for _, h := range p.headings {
		all = append(all, item{h.line, strings.Repeat("#", h.level), nil})
	}
	for _, bl := range p.blocks {
		what := "a block without a directive"
		if bl.kind != "" {
			what = bl.kind + ": " + bl.args
		}
		all = append(all, item{bl.line, what, bl})
	}
	for kind, drawings := range map[string][]drawing{"picture": p.drawings, "sketch": p.sketches, "curve": p.curves} {
		for _, d := range drawings {
			all = append(all, item{d.line, kind + ": " + d.args, nil})
		}
	}
	slices.SortFunc(all, func(x, y item) int { return cmp.Compare(x.line, y.line) })
	return all
}

// checkTranslations compares each translation with its original.
func (b *book) checkTranslations() {
	for _, p := range b.translations {
		of := b.original(p)
		if of == nil {
			b.report(p.file, 1, "a translation of no page: there is no chapters/%s", path.Base(p.file))
			continue
		}
		if b.checkSkeleton(p, of) {
			b.checkVersion(p, of)
		}
	}
}

// checkSkeleton checks that p has the headings and blocks of its original, as far as it
// goes, and reports whether it has.
func (b *book) checkSkeleton(p, of *page) bool {
	theirs, ours := p.items(), of.items()
	for i, it := range theirs {
		switch {
		case i == len(ours):
			b.report(p.file, it.line, "%s: the original has nothing more", it.what)
			return false
		case it.what != ours[i].what:
			b.report(p.file, it.line, "%s, and at this place the original has %s (%s:%d)", it.what, ours[i].what,
				of.file, ours[i].line)
			return false
		case it.block != nil && !slices.Equal(it.block.lines, ours[i].block.lines):
			b.report(p.file, it.line, "is not the block of the original; write it with: %s\n%s", fixCommand,
				differ("translation", it.block.lines, "original", ours[i].block.lines))
		}
	}
	if len(theirs) == 0 {
		b.report(p.file, 1, "a translation begins with the heading of its original")
	}
	return len(theirs) > 0
}

// version is a sum over that part of the original of which p is the translation.
func version(p, of *page) string {
	text, items := of.lines, of.items()
	if n := len(p.items()); n < len(items) {
		text = text[:items[n].line-1]
	}
	return fmt.Sprintf("%x", sha256.Sum256([]byte(strings.Join(text, "\n"))))[:12]
}

// checkVersion checks that a page says so when its original has changed. That is all an
// author of the original has to do about it.
func (b *book) checkVersion(p, of *page) {
	m, now := translates.FindStringSubmatch(p.lines[0]), version(p, of)
	says := slices.Contains(p.lines, outdated(p))
	switch {
	case m == nil:
		b.report(p.file, 1, "the first line must be <!-- translates: %s -->, when it is the translation of this text",
			now)
	case m[1] != now && !says:
		b.report(p.file, 1, "its original has changed; let the page say so, with: %s; or bring it up to date, and "+
			"write <!-- translates: %s --> into its first line", fixCommand, now)
	case m[1] == now && says:
		b.report(p.file, 1, "says that its original has changed, and is up to date; take the line away with: %s",
			fixCommand)
	}
}

// retranslated returns the lines of a translation with its blocks written again, and with
// a word about its age where it needs one, and only there: what has been taken back in the original
// has not changed it.
func (b *book) retranslated(p *page) (ls []string, changed bool) {
	of := b.original(p)
	if of == nil {
		return nil, false
	}
	ls, ours := slices.Clone(p.lines), of.items()
	theirs := p.items()
	for i, it := range slices.Backward(theirs) {
		if i < len(ours) && it.block != nil && it.what == ours[i].what &&
			!slices.Equal(it.block.lines, ours[i].block.lines) {
			ls = slices.Replace(ls, it.line, it.line+len(it.block.lines), ours[i].block.lines...)
			changed = true
		}
	}
	m, at := translates.FindStringSubmatch(ls[0]), slices.Index(ls, outdated(p))
	switch {
	case m == nil || len(theirs) == 0:
	case m[1] != version(p, of) && at < 0:
		return slices.Insert(ls, theirs[0].line, "", outdated(p)), true // below its title
	case m[1] == version(p, of) && at >= 0:
		from := at
		if from > 0 && ls[from-1] == "" { // which came with it
			from--
		}
		return slices.Delete(ls, from, at+1), true
	}
	return ls, changed
}
