package site

import (
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"io"
	"strings"
)

// Supports reports whether the preprocessor has something to do for a renderer.
// Mdbook asks before it begins.
func Supports(renderer string) bool { return renderer == "html" }

// Preprocess reads what mdBook writes to a preprocessor, a pair of a context
// and a book, and writes the book. Root is the root of the course.
func Preprocess(root string, in io.Reader, out io.Writer) error {
	d := json.NewDecoder(in)
	d.UseNumber()
	var pair []any
	if err := d.Decode(&pair); err != nil {
		return fmt.Errorf("reading the book from mdBook: %w", err)
	}
	if len(pair) != 2 {
		return fmt.Errorf("mdBook has written %d values; a context and a book were expected", len(pair))
	}
	book, ok := pair[1].(map[string]any)
	if !ok {
		return errors.New("the book is no JSON object")
	}
	s := &site{root: root, repository: setting(pair[0], "repository"), epub: setting(pair[0], "epub")}
	s.outline(book)
	s.chapters(book)
	if err := s.addFiles(book); err != nil {
		return err
	}
	e := json.NewEncoder(out)
	e.SetEscapeHTML(false)
	return e.Encode(book)
}

// setting returns one of the preprocessor's in book.toml, "" when there is none.
func setting(context any, name string) string {
	for _, key := range []string{"config", "preprocessor", "loopback", name} {
		m, ok := context.(map[string]any)
		if !ok {
			return ""
		}
		context = m[key]
	}
	s, _ := context.(string)
	return s
}

// chapters rewrites the content of every chapter below v, whatever is around
// it.
func (s *site) chapters(v any) {
	switch v := v.(type) {
	case []any:
		for _, e := range v {
			s.chapters(e)
		}
	case map[string]any:
		if c, ok := v["Chapter"].(map[string]any); ok {
			content, _ := c["content"].(string)
			path, _ := c["path"].(string)
			name, _ := c["name"].(string)
			from := page{path, name}
			content = s.rewrite(foldAnswer(content), from)
			if path == firstPage && s.epub != "" {
				content = strings.TrimRight(content, "\n") + "\n\n<p>The book is also <a href=\"" +
					html.EscapeString(s.epub) + "\">an EPUB file</a>, for readers that are no browser.</p>\n"
			}
			content = dress(content, s.stops[path])
			c["content"] = content
			if stop, ok := s.stops[path]; ok {
				c["name"] = stop.name
			}
		}
		for _, e := range v {
			s.chapters(e)
		}
	}
}

// addFiles adds the pages of the files that the chapters name.
func (s *site) addFiles(book map[string]any) error {
	if len(s.files) == 0 {
		return nil
	}
	list := listOf(book)
	items, ok := book[list].([]any)
	if !ok {
		return errors.New("the book has neither items nor sections: is this another version of mdBook?")
	}
	part, err := s.filePages(len(items) + 1)
	if err != nil {
		return err
	}
	book[list] = append(items, part)
	return nil
}

// listOf names the list of a book's chapters.
func listOf(book map[string]any) string {
	if _, old := book["sections"]; old {
		return "sections"
	}
	return "items" // of mdBook 0.5
}

// chapter is one page in mdBook's form. Number is its place in the book, by
// which mdBook nests pages; parents are the names of the pages above it.
func chapter(name, path, content string, number []int, parents, below []any) any {
	return map[string]any{"Chapter": map[string]any{
		"name": name, "content": content, "number": number, "sub_items": below,
		"path": path, "source_path": nil, "parent_names": parents,
	}}
}
