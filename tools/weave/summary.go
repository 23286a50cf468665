package weave

import (
	"fmt"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// summaryFile is mdBook's table of contents.
const summaryFile = "chapters/SUMMARY.md"

// summary returns the table of contents: the units in order, then the other
// pages, each under its first heading.
func (b *book) summary() []string {
	out := []string{"# Summary", ""}
	for _, units := range []bool{true, false} {
		for _, p := range b.pages {
			if (p.unit != "") == units {
				out = append(out, fmt.Sprintf("- [%s](%s)", p.title(), path.Base(p.file)))
			}
		}
	}
	return out
}

// title returns the page's heading of the first level, "" when it has none.
func (p *page) title() string {
	for _, h := range p.headings {
		if h.level == 1 {
			return h.text
		}
	}
	return ""
}

// checkSummary checks titles, the table of contents, and that no page lies
// where the table cannot see it.
func (b *book) checkSummary() {
	for _, p := range b.pages {
		if p.title() == "" {
			b.report(p.file, 1, "the page has no heading of the first level: the table of contents needs it")
		}
	}
	b.checkOrphans()
	if slices.ContainsFunc(b.pages, func(p *page) bool { return p.title() == "" }) {
		return
	}
	text, err := b.text(summaryFile)
	want := b.summary()
	if err != nil {
		b.report(summaryFile, 0, "is missing; write it with: %s", fixCommand)
		return
	}
	got := splitLines(string(text))
	if slices.Equal(got, want) {
		return
	}
	b.report(summaryFile, 1+firstDifference(got, want), "is stale; write it with: %s\n%s", fixCommand, differ("page", got, "chapters", want))
	for _, p := range b.pages {
		if !strings.Contains(string(text), "("+path.Base(p.file)+")") {
			b.report(p.file, 1, "an orphan: %s does not lead here; write it with: %s", summaryFile, fixCommand)
		}
	}
}

// checkOrphans reports pages in folders below chapters/.
func (b *book) checkOrphans() {
	top := filepath.Join(b.root, "chapters")
	_ = filepath.WalkDir(top, func(file string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Dir(file) == top || filepath.Ext(file) != ".md" {
			return nil
		}
		rel, _ := filepath.Rel(b.root, file)
		b.report(filepath.ToSlash(rel), 1, "an orphan: pages stand in chapters/ itself, where the table of contents finds them")
		return nil
	})
}
