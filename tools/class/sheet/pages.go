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
	"class": class,
	"where": func(t *result.Test) string { return record.WhereHead(t.Code) },
	"lines": func(list []string) string { return strings.Join(list, "\n") },
}

var (
	pageTemplate  = template.Must(template.New("page").Funcs(tools).Parse(pageText))
	indexTemplate = template.Must(template.New("index").Funcs(tools).Parse(indexText))
)

// words says a state of a scenario as the board does: a challenge has a sign, and fails nothing.
func words(t *result.Test) string {
	switch {
	case !t.Counts():
		return t.Sign() + " challenge"
	case t.Status == result.Pass:
		return "PASS"
	case t.Status == result.Skip:
		return "not run"
	case t.Status == result.Error:
		return "could not grade"
	}
	return "FAIL"
}

// look of a row: whether it is good, bad, or neither.
func class(t *result.Test) string {
	switch {
	case t.Status == result.Pass:
		return "pass"
	case t.Status == result.Skip || !t.Counts():
		return "none"
	}
	return "fail"
}

// A shownUnit is one result on a page.
type shownUnit struct {
	*result.Result
	Worth string // its points in the course, where they are others
}

// Aside reports whether challenges are shown that do not count.
func (s shownUnit) Aside() bool {
	return slices.ContainsFunc(s.Shown(), func(t *result.Test) bool { return !t.Counts() })
}

// page is what a learner gets back: all that learners may see, and no more.
func (c *Class) page(l *Learner) ([]byte, error) {
	var shown []shownUnit
	var sums [][2]string // of each unit: its name, and its points
	for _, u := range c.Units {
		r := l.results[u]
		if r != nil {
			shown = append(shown, shownUnit{r.ForLearner(c.Feedback), c.inTerm(u, r)})
		}
		sums = append(sums, [2]string{u, c.sum(u, r)})
	}
	total := "not known yet"
	if score, most, known := c.total(l); known {
		total = number(score) + " of " + number(most)
	}
	if len(c.Units) == 1 {
		sums = nil // it stands below
	}
	var b bytes.Buffer
	err := pageTemplate.Execute(&b, map[string]any{"ID": l.ID, "Results": shown, "Sums": sums, "Total": total})
	return b.Bytes(), err
}

// sum says in a few words what a learner gets for a unit.
func (c *Class) sum(u string, r *result.Result) string {
	if r != nil && r.Status == result.CouldNotGrade {
		return "could not be graded yet"
	}
	got, most := c.worth(u, r)
	if text := number(got) + " of " + number(most); r != nil {
		return text
	}
	return "0 of " + number(most) + ": nothing was handed in"
}

// inTerm says what a result is worth in a course that has points of its own, "" in others.
func (c *Class) inTerm(u string, r *result.Result) string {
	if c.Term == nil || r.Status == result.CouldNotGrade {
		return ""
	}
	got, most := c.worth(u, r)
	return number(got) + "/" + number(most)
}

// Page returns the page of one result.
func Page(r *result.Result, title string) ([]byte, error) {
	var b bytes.Buffer
	err := pageTemplate.Execute(&b, map[string]any{"ID": title, "Results": []shownUnit{{Result: r}}})
	return b.Bytes(), err
}

// A cell is one result in the matrix of the class. Below is the mark of the unit's own
// scenarios, where the course has other points.
type cell struct{ Text, Class, Below string }

func (c *Class) cellOf(u string, r *result.Result) cell {
	switch {
	case r == nil:
		return cell{Text: "nothing", Class: "none"}
	case r.Status == result.CouldNotGrade:
		return cell{Text: "could not grade", Class: "unknown"}
	case r.Status == result.NotBuilt:
		return cell{Text: "does not compile", Class: "fail"}
	}
	own := cell{Text: mark(r), Class: "fail"}
	if worth := c.inTerm(u, r); worth != "" {
		own = cell{Text: worth, Class: "fail", Below: mark(r)}
	}
	switch {
	case r.AllPass():
		own.Class = "pass"
	case slices.ContainsFunc(r.Flags, isForTheExample):
		own.Text += ", " + result.WorkedForTheExample
	}
	return own
}

func isForTheExample(flag string) bool { return strings.HasPrefix(flag, result.WorkedForTheExample) }

// A stumble is one way in which programs of the class fail.
type stumble struct {
	Unit, Scenario, Title, See string
	Code                       record.Code
	Count, Width               int
	Share                      string
}

// stumbles counts in how many submissions each scenario failed with each code, and which
// do not compile, the most frequent first.
func (c *Class) stumbles() []*stumble {
	found := map[string]*stumble{}
	graded := map[string]int{}
	count := func(s stumble) {
		key := s.Unit + " " + s.Scenario + " " + string(s.Code)
		if found[key] == nil {
			found[key] = &s
		}
		found[key].Count++
	}
	for _, l := range c.Learners {
		for _, u := range c.Units {
			r := l.results[u]
			if r == nil || r.Status == result.CouldNotGrade {
				continue
			}
			graded[u]++
			if r.Status == result.NotBuilt {
				count(stumble{Unit: u, Title: "The program does not compile.", Code: "build"})
			}
			for _, t := range r.Tests {
				if t.Challenge || t.Status == result.Pass || t.Status == result.Skip || t.Status == result.Error {
					continue
				}
				count(stumble{Unit: u, Scenario: t.ID, Title: t.Title, See: t.See, Code: t.Code})
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
			r.Cells = append(r.Cells, c.cellOf(u, l.results[u]))
		}
		rows = append(rows, r)
	}
	var b bytes.Buffer
	err := indexTemplate.Execute(&b, map[string]any{"Units": c.Units, "Rows": rows, "Stumbles": c.stumbles(),
		"Items": c.items(), "Untried": c.Untried(),
		"InTerm": c.Term != nil})
	return b.Bytes(), err
}
