package sheet

import (
	"bytes"
	"cmp"
	_ "embed"
	"fmt"
	"html/template"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"loopback/tools/base/record"
	"loopback/tools/engine/result"
)

//go:embed look.css
var look string

//go:embed page.html
var pageText string

//go:embed index.html
var indexText string

var tools = template.FuncMap{
	"look":  func() template.CSS { return template.CSS(look) },
	"words": words,
	"lines": func(list []string) string { return strings.Join(list, "\n") },
}

var (
	pageTemplate  = template.Must(template.New("page").Funcs(tools).Parse(pageText))
	indexTemplate = template.Must(template.New("index").Funcs(tools).Parse(indexText))
)

// words says a state of a scenario as the board does.
func words(status string) string {
	switch status {
	case result.Pass:
		return "PASS"
	case result.Skip:
		return "not run"
	case result.Error:
		return "could not grade"
	}
	return "FAIL"
}

// page is what a learner gets back: all that learners may see, and no more.
func (c *Class) page(l *Learner) ([]byte, error) {
	var shown []*result.Result
	for _, u := range c.Units {
		if r := l.results[u]; r != nil {
			shown = append(shown, r.ForLearner(c.Feedback))
		}
	}
	var b bytes.Buffer
	err := pageTemplate.Execute(&b, map[string]any{"ID": l.ID, "Results": shown})
	return b.Bytes(), err
}

// Page returns the page of one result.
func Page(r *result.Result, title string) ([]byte, error) {
	var b bytes.Buffer
	err := pageTemplate.Execute(&b, map[string]any{"ID": title, "Results": []*result.Result{r}})
	return b.Bytes(), err
}

// A cell is one result in the matrix of the class.
type cell struct{ Text, Class string }

func cellOf(r *result.Result) cell {
	switch {
	case r == nil:
		return cell{"nothing", "none"}
	case r.Status == result.CouldNotGrade:
		return cell{"could not grade", "unknown"}
	case r.Status == result.NotBuilt:
		return cell{"does not compile", "fail"}
	case r.AllPass():
		return cell{mark(r), "pass"}
	case slices.ContainsFunc(r.Flags, isForTheExample):
		return cell{mark(r) + ", " + result.WorkedForTheExample, "fail"}
	}
	return cell{mark(r), "fail"}
}

func isForTheExample(flag string) bool { return strings.HasPrefix(flag, result.WorkedForTheExample) }

// A stumble is one way in which programs of the class fail.
type stumble struct {
	Unit, Scenario, Title, See string
	Code                       record.Code
	Count, Width               int
	Share                      string
}

// stumbles counts in how many submissions each scenario failed with each code,
// the most frequent first.
func (c *Class) stumbles() []*stumble {
	found := map[string]*stumble{}
	graded := map[string]int{}
	for _, l := range c.Learners {
		for _, u := range c.Units {
			r := l.results[u]
			if r == nil || r.Status == result.CouldNotGrade {
				continue
			}
			graded[u]++
			for _, t := range r.Tests {
				if t.Challenge || t.Status == result.Pass || t.Status == result.Skip || t.Status == result.Error {
					continue
				}
				key := u + " " + t.ID + " " + string(t.Code)
				if found[key] == nil {
					found[key] = &stumble{Unit: u, Scenario: t.ID, Title: t.Title, See: t.See, Code: t.Code}
				}
				found[key].Count++
			}
		}
	}
	all := make([]*stumble, 0, len(found))
	for _, s := range found {
		s.Width = 100 * s.Count / graded[s.Unit]
		s.Share = fmt.Sprintf("%d of %d", s.Count, graded[s.Unit])
		all = append(all, s)
	}
	slices.SortFunc(all, func(a, b *stumble) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Unit, b.Unit), cmp.Compare(a.Scenario, b.Scenario),
			cmp.Compare(a.Code, b.Code))
	})
	return all
}

// index is the page about the class.
func (c *Class) index() ([]byte, error) {
	type row struct {
		ID, Page, Total string
		Cells           []cell
	}
	var rows []row
	for _, l := range c.Learners {
		r := row{ID: l.ID, Total: "?"}
		if len(l.results) > 0 {
			r.Page = path.Join(filepath.ToSlash(pageFile(l.ID)))
		}
		if score, most, known := c.total(l); known {
			r.Total = number(score) + "/" + number(most)
		}
		for _, u := range c.Units {
			r.Cells = append(r.Cells, cellOf(l.results[u]))
		}
		rows = append(rows, r)
	}
	var b bytes.Buffer
	err := indexTemplate.Execute(&b, map[string]any{"Units": c.Units, "Rows": rows, "Stumbles": c.stumbles(),
		"Items": c.items(), "Untried": c.Untried()})
	return b.Bytes(), err
}
