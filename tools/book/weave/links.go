package weave

import (
	"fmt"
	"maps"
	"net/url"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// checkLinks checks the relative links of all pages.
func (b *book) checkLinks() {
	for _, p := range slices.Concat(b.pages, b.notes, b.translations) {
		for _, l := range p.links {
			if l.image && blank(l.text) {
				b.report(p.file, l.line,
					"an image without a text: say in its brackets what it shows, for those who cannot see it")
			}
			if l.image && slices.ContainsFunc(p.drawings, func(d drawing) bool { return d.line+1 == l.line }) {
				continue // checkPictures says more
			}
			b.checkLink(p, l)
		}
	}
}

func (b *book) checkLink(p *page, l link) {
	u, err := url.Parse(l.dest)
	if err != nil {
		b.report(p.file, l.line, "%v", err)
		return
	}
	if u.Scheme != "" || u.Host != "" {
		return
	}
	file := p.file
	if u.Path != "" {
		file = path.Join(path.Dir(p.file), u.Path)
	}
	if strings.HasPrefix(file, "..") || path.IsAbs(u.Path) {
		b.report(p.file, l.line, "the link leaves the repository: %s", l.dest)
		return
	}
	if !b.exists(file) {
		b.report(p.file, l.line, "a dead link: %v", b.missing(file))
		return
	}
	if u.Fragment != "" {
		b.checkFragment(p.file, l.line, file, u.Fragment)
	}
}

// checkFragment checks that a heading of the page named file has this
// fragment, on GitHub and in the book.
func (b *book) checkFragment(from string, line int, file, fragment string) {
	i := slices.IndexFunc(slices.Concat(b.pages, b.notes), func(p *page) bool { return p.file == file })
	if i < 0 {
		return // not a page of ours: lines of a program, say
	}
	p := slices.Concat(b.pages, b.notes)[i]
	hub, book := p.gitHubSlugs(), p.mdBookSlugs()
	if i >= len(b.pages) {
		book = hub // GitHub alone shows this page
	}
	if hub[fragment] && book[fragment] {
		return
	}
	where := "no heading of " + file + " has it" + suggest("#", fragment, slices.Collect(maps.Keys(hub)))
	switch {
	case hub[fragment]:
		where = "it exists on GitHub and not in mdBook: give the heading other words"
	case book[fragment]:
		where = "it exists in mdBook and not on GitHub: give the heading other words"
	}
	b.report(from, line, "a dead fragment, #%s: %s", fragment, where)
}

// checkReadTargets checks where the scenarios send the learner who fails them.
func (b *book) checkReadTargets() {
	for _, unit := range b.units {
		for _, name := range b.scenarios[unit] {
			file := path.Join("testdata", unit, name+".txtar")
			text, err := b.text(file)
			if err != nil {
				b.report(file, 0, "%v", err)
				continue
			}
			all := splitLines(string(text))
			for i, l := range all {
				if strings.TrimSpace(l) == "-- read --" && i+1 < len(all) {
					b.checkRead(file, i+2, strings.TrimSpace(all[i+1]))
				}
			}
		}
	}
}

func (b *book) checkRead(file string, line int, target string) {
	page, fragment, found := strings.Cut(target, "#")
	switch {
	case !found:
		b.report(file, line, "write the page and the heading, chapters/NN-slug.md#heading, and not %q", target)
	case !b.exists(page):
		b.report(file, line, "a dead link: %v", b.missing(page))
	default:
		b.checkFragment(file, line, page, fragment)
	}
}

// namedPath matches what looks like a file or a folder of the course in prose.
var namedPath = regexp.MustCompile(
	`(?:^|[\s(\x60./])((?:chapters|exercises|solutions|testdata|tools)/[A-Za-z0-9._/-]*)`)

// checkPaths checks that the files and folders that the prose of a page names
// are there: programs, misconceptions, scenarios.
func (b *book) checkPaths(p *page) {
	for _, s := range p.spans {
		for f := range strings.FieldsSeq(s.text) {
			file, relative := strings.CutPrefix(strings.TrimRight(f, "./"), "./")
			if relative && !strings.Contains(file, "UNIT") && !b.exists(file) && !namedPath.MatchString(file) {
				b.report(p.file, s.line, "%v", b.missing(file))
			}
		}
	}
	fenced := p.inFence()
	for i, l := range p.lines {
		if fenced[i] || !strings.Contains(l, "/") {
			continue
		}
		for _, m := range namedPath.FindAllStringSubmatch(l, -1) {
			file := strings.TrimRight(m[1], "./")
			if strings.Contains(file, "UNIT") || strings.Contains(file, "NN-") || b.exists(file) {
				continue
			}
			b.report(p.file, i+1, "%v", b.missing(file))
		}
	}
}

// missing says that a file is not there: by the first folder in its path that
// is not, and the name that may be meant.
func (b *book) missing(file string) error {
	for !b.exists(path.Dir(file)) {
		file = path.Dir(file)
	}
	names, _ := filepath.Glob(filepath.Join(b.root, filepath.FromSlash(path.Dir(file)), "*"))
	for i, name := range names {
		names[i] = filepath.Base(name)
	}
	return fmt.Errorf("there is no %s%s", file, suggest("", path.Base(file), names))
}
