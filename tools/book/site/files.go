package site

import (
	"fmt"
	"os"
	"path"
	"slices"
	"strings"
)

// filesTitle heads the part of the book that holds the files.
const filesTitle = "Files that the chapters name"

// pageOf returns the page that shows a file. It is not FILE.md alone, for then
// the page of a file such as files/x/main.go and a folder could collide.
func pageOf(file string) string { return "files/" + file + ".md" }

// filePages returns the part with a page for every file, in order of names.
// Number is that of the part in the book.
func (s *site) filePages(number int) (any, error) {
	slices.Sort(s.files)
	var list strings.Builder
	var pages []any
	for i, file := range s.files {
		data, err := os.ReadFile(s.local(file))
		if err != nil {
			return nil, err
		}
		pages = append(pages, chapter(file, pageOf(file), s.filePage(file, string(data)), []int{number, i + 1},
			[]any{filesTitle}, []any{}))
		fmt.Fprintf(&list, "- [%s](%s)\n", file, strings.TrimPrefix(pageOf(file), "files/"))
	}
	text := "<div class=\"file\">\n\n# " + filesTitle +
		"\n\nThe course is a repository with these files, and more of their kind. They are shown here as they\n" +
		"were when this site was built.\n\n" + list.String() + "\n</div>\n"
	return chapter(filesTitle, "files/index.md", text, []int{number}, []any{}, pages), nil
}

// filePage shows one file, and says which chapters speak of it. The book's printed
// form leaves these pages out (loopback.css).
func (s *site) filePage(file, text string) string {
	up := strings.Repeat("../", strings.Count(pageOf(file), "/"))
	var chapters []string
	for _, p := range s.shownIn[file] {
		chapters = append(chapters, fmt.Sprintf("[%s](%s%s)", s.called(p), up, p.path))
	}
	return fmt.Sprintf("<div class=\"file\">\n\n# %s\n\nNamed in %s.\n\n%s\n</div>\n", file,
		strings.Join(chapters, ", "), shown(file, text))
}

// called is a page's name as the site shows it.
func (s *site) called(p page) string {
	if at, ok := s.stops[p.path]; ok {
		return at.name
	}
	return p.name
}

// shown is a file's text. What would give an exercise away is folded.
func shown(file, text string) string {
	if path.Ext(file) == ".txtar" {
		return scenarioPage(text)
	}
	marks := "```"
	for strings.Contains(text, marks) {
		marks += "`"
	}
	block := fmt.Sprintf("%s%s\n%s\n%s\n", marks, language(file), strings.TrimRight(text, "\n"), marks)
	if strings.HasPrefix(file, "solutions/") || strings.Contains(file, "/right/") {
		return "<details>\n<summary>Show the program. It solves an exercise.</summary>\n\n" + block + "\n</details>\n"
	}
	return block
}

func language(file string) string {
	switch path.Ext(file) {
	case ".go":
		return "go"
	case ".md":
		return "markdown"
	}
	return "text"
}
