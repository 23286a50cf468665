package weave

import (
	"fmt"
	"io/fs"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// summaryFile is mdBook's table of contents.
const summaryFile = "chapters/SUMMARY.md"

// introduction is the first page, which lists the parts of the course and their
// units, those that are planned included.
const introduction = "chapters/introduction.md"

var (
	partHeading = regexp.MustCompile(`^#+ (Part [IVX]+: .*)$`)
	plannedUnit = regexp.MustCompile(`^\| ([0-9]{2}-[a-z0-9-]+) \(planned\) \| ([^|]*) \|`)
	linkedUnit  = regexp.MustCompile(`^\| \[([0-9]{2}-[a-z0-9-]+)\]\(`)
	linkedPage  = regexp.MustCompile(`^\| \[[^]]+\]\(([a-z][a-z-]*\.md)\) \|`)
)

// summary returns the table of contents: the first page, the units in the parts
// and in the order that it gives them, with any other page that has a row among
// them; then the other pages, each under its first heading. A unit that is
// planned has no page yet. One that has no row there is left out until it has one.
func (b *book) summary() []string {
	out := []string{"# Summary", ""}
	entry := func(p *page) { out = append(out, fmt.Sprintf("- [%s](%s)", p.title(), path.Base(p.file))) }
	first := b.page(introduction)
	listed := map[string]bool{}
	if first != nil {
		out = append(out, fmt.Sprintf("[%s](%s)", first.title(), path.Base(first.file)), "")
		for _, l := range first.lines {
			if m := partHeading.FindStringSubmatch(l); m != nil {
				out = append(out, "# "+m[1], "")
			} else if m := plannedUnit.FindStringSubmatch(l); m != nil {
				out = append(out, fmt.Sprintf("- [%s (planned)]()", strings.TrimSpace(m[2])))
			} else if p := b.page(rowOf(l)); p != nil {
				entry(p)
				listed[p.file] = true
			} else if len(out) > 0 && strings.HasPrefix(out[len(out)-1], "- ") && l == "" {
				out = append(out, "")
			}
		}
		out = append(out, "# Reference", "")
	}
	for _, units := range []bool{true, false} {
		for _, p := range b.pages {
			if (p.unit != "") == units && p != first && !listed[p.file] && (!units || first == nil) {
				entry(p)
			}
		}
	}
	if len(b.translations) > 0 {
		out = append(out, "", "# In other languages", "")
	}
	for _, p := range b.translations {
		out = append(out, fmt.Sprintf("- [%s](%s)", p.title(), strings.TrimPrefix(p.file, "chapters/")))
	}
	return out
}

// rowOf returns the file of the page to which a row of the parts' tables leads, ""
// when a line is no such row.
func rowOf(line string) string {
	if m := linkedUnit.FindStringSubmatch(line); m != nil {
		return "chapters/" + m[1] + ".md"
	}
	if m := linkedPage.FindStringSubmatch(line); m != nil {
		return "chapters/" + m[1]
	}
	return ""
}

// page returns the page of a file, nil when there is none.
func (b *book) page(file string) *page {
	i := slices.IndexFunc(b.pages, func(p *page) bool { return p.file == file })
	if i < 0 {
		return nil
	}
	return b.pages[i]
}

// checkParts checks that the first page lists every unit.
func (b *book) checkParts() {
	first := b.page(introduction)
	if first == nil {
		return
	}
	for _, p := range b.pages {
		if p.unit != "" && !slices.ContainsFunc(first.lines, func(l string) bool {
			m := linkedUnit.FindStringSubmatch(l)
			return m != nil && m[1] == p.unit
		}) {
			b.report(introduction, 1, "the table of units has no row for %s: | [%s](%s.md) | ...", p.unit,
				p.unit, p.unit)
		}
	}
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
	b.checkParts()
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
	b.report(summaryFile, 1+firstDifference(got, want), "is stale; write it with: %s\n%s", fixCommand,
		differ("page", got, "chapters", want))
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
		if rel = filepath.ToSlash(rel); isTranslation(rel) {
			return nil
		}
		b.report(rel, 1, "an orphan: pages stand in chapters/ itself, where the table of contents finds them; "+
			"translations in chapters/LANG")
		return nil
	})
}
