package site

import (
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// A site is one run of the preprocessor.
type site struct {
	root       string
	repository string            // where the course's files are to be seen; "" for nowhere yet
	epub       string            // where the first page says that the book is as an EPUB file; "" for nowhere
	files      []string          // that became pages, in the order of their first mention
	shownIn    map[string][]page // by file: the pages that name it
	stops      map[string]stop   // by path: the chapters, in the order in which they are read
}

// A page is a chapter as mdBook knows it.
type page struct{ path, name string }

var (
	directive = regexp.MustCompile(`^<!--\s*([a-z]+):.*-->\s*$`)
	// A piece of code, a whole link, or the name of a file of the course.
	piece = regexp.MustCompile("`+[^`]*`+" +
		`|!?\[(?:[^\]\[]|\[[^\]]*\])*\]\([^)\s]*\)` +
		`|(?:chapters|exercises|solutions|testdata|tools)/[A-Za-z0-9._/-]*[A-Za-z0-9]`)
	linkParts = regexp.MustCompile(`(?s)^(\[.*\]\()([^)#]*)(#[^)]*)?\)$`)
)

// rewrite makes a chapter's text fit for the site. Code is left as it is, but for
// blocks of text that may be folded on a narrow screen. The text of a link may go
// on in the next line, but not in the next paragraph.
func (s *site) rewrite(content string, from page) string {
	var out, paragraph, block strings.Builder
	flush := func() {
		out.WriteString(s.links(paragraph.String(), from))
		paragraph.Reset()
	}
	var f fences
	above := "" // the kind of the directive above
	for line := range strings.Lines(content) {
		switch f.read(line) {
		case inside:
			block.WriteString(line)
			continue
		case last:
			block.WriteString(line)
			out.WriteString(foldable(block.String(), above))
			block.Reset()
			continue
		case first:
			flush()
			block.WriteString(line)
			continue
		}
		if m := directive.FindStringSubmatch(line); m != nil {
			above = m[1]
			continue
		}
		if strings.TrimSpace(line) != "" {
			above = ""
			paragraph.WriteString(line)
			continue
		}
		flush()
		out.WriteString(line)
	}
	flush()
	return out.String() + block.String() // of a fence that is never closed
}

// links rewrites the links of a paragraph of prose, and makes links of the files
// that it names.
func (s *site) links(line string, from page) string {
	var out strings.Builder
	last := 0
	for _, at := range piece.FindAllStringIndex(line, -1) {
		text := line[at[0]:at[1]]
		out.WriteString(line[last:at[0]])
		last = at[1]
		switch {
		case strings.HasPrefix(text, "`"), strings.HasPrefix(text, "!"):
			out.WriteString(text)
		case strings.HasPrefix(text, "["):
			out.WriteString(s.link(text, from))
		case at[0] > 0 && strings.ContainsRune("./-_#\"'=", rune(line[at[0]-1])): // the end of a longer name
			out.WriteString(text)
		default:
			out.WriteString(s.name(text, from))
		}
	}
	return out.String() + line[last:]
}

// link rewrites a link that leads out of chapters/. One to a folder leads to
// the program in it; where there is nothing to show, the text stays without a
// link.
func (s *site) link(text string, from page) string {
	m := linkParts.FindStringSubmatch(text)
	if m == nil || strings.Contains(m[2], ":") || m[2] == "" {
		return text
	}
	file := path.Join("chapters", path.Dir(from.path), m[2])
	if strings.HasPrefix(file, "chapters/") {
		return text
	}
	to := s.place(file, from)
	if to == "" {
		return strings.TrimSuffix(strings.TrimPrefix(m[1], "["), "](")
	}
	return m[1] + to + ")"
}

// name makes a link of a file's name in the prose.
func (s *site) name(file string, from page) string {
	if inside, is := strings.CutPrefix(file, "chapters/"); is {
		if s.isFile(file) && path.Ext(file) == ".md" {
			return "[" + file + "](" + relative(from, inside) + ")"
		}
		return file
	}
	if to := s.place(file, from); to != "" && s.isFile(file) {
		return "[" + file + "](" + to + ")"
	}
	return file
}

// place returns where the site shows a file, "" for nowhere.
func (s *site) place(file string, from page) string {
	if s.repository != "" {
		if _, err := os.Stat(s.local(file)); err != nil {
			return ""
		}
		return strings.TrimSuffix(s.repository, "/") + "/" + file
	}
	if !s.isFile(file) {
		file = path.Join(file, "main.go")
	}
	if !s.isFile(file) {
		return ""
	}
	if s.shownIn == nil {
		s.shownIn = map[string][]page{}
	}
	if !slices.Contains(s.files, file) {
		s.files = append(s.files, file)
	}
	if !slices.Contains(s.shownIn[file], from) {
		s.shownIn[file] = append(s.shownIn[file], from)
	}
	return relative(from, pageOf(file))
}

// relative returns the way from a page to another one, both below chapters/.
func relative(from page, to string) string {
	return strings.Repeat("../", strings.Count(from.path, "/")) + to
}

func (s *site) local(file string) string { return filepath.Join(s.root, filepath.FromSlash(file)) }

func (s *site) isFile(file string) bool {
	fi, err := os.Stat(s.local(file))
	return err == nil && fi.Mode().IsRegular()
}
