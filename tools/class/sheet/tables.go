package sheet

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"strconv"
	"strings"

	"loopback/tools/engine/result"
)

// grades is the table for a gradebook: a row for each learner. A cell is empty
// where nothing was handed in, and ? where it could not be graded; then there
// is no total either.
func (c *Class) grades() []byte {
	rows := [][]string{append([]string{"id", "total", "max", "percent"}, c.Units...)}
	for _, l := range c.Learners {
		row := []string{l.ID, "", "", ""}
		if score, most, known := c.total(l); known {
			row[1], row[2], row[3] = number(score), number(most), percent(score, most)
		}
		for _, u := range c.Units {
			row = append(row, c.points(u, l.results[u]))
		}
		rows = append(rows, row)
	}
	return table(rows)
}

func percent(score, most float64) string {
	if most == 0 {
		return ""
	}
	return fmt.Sprintf("%.1f", 100*score/most)
}

func (c *Class) points(u string, r *result.Result) string {
	switch {
	case r == nil:
		return ""
	case r.Status == result.CouldNotGrade:
		return "?"
	}
	got, _ := c.worth(u, r)
	return number(got)
}

// details has a row for each scenario of each learner.
func (c *Class) details() []byte {
	rows := [][]string{{"id", "unit", "scenario", "status", "points", "max", "code", "needs_review"}}
	for _, l := range c.Learners {
		for _, u := range c.Units {
			r := l.results[u]
			if r == nil {
				rows = append(rows, []string{l.ID, u, "", "missing", "", "", "", "no"})
				continue
			}
			for _, t := range r.Tests {
				status, review := t.Status, "no"
				if r.Status == result.NotBuilt {
					status = result.NotBuilt
				}
				if r.Status == result.CouldNotGrade || len(r.Flags) > 0 {
					review = "yes"
				}
				rows = append(rows, []string{l.ID, u, t.ID, status, strconv.Itoa(t.Points), strconv.Itoa(t.MaxPoints),
					string(t.Code), review})
			}
		}
	}
	return table(rows)
}

// review has a row for each thing that a person must look at.
func (c *Class) review() []byte {
	rows := [][]string{{"id", "unit", "what"}}
	for _, i := range c.items() {
		rows = append(rows, []string{i.ID, i.Unit, i.What})
	}
	return table(rows)
}

// changes has a row for each mark that is another than it was before. What was
// not graded before is not there.
func (c *Class) changes() []byte {
	rows := [][]string{{"id", "unit", "before", "after"}}
	for _, l := range c.Learners {
		for _, u := range c.Units {
			before, there := c.Earlier[l.ID][u]
			if after := mark(l.results[u]); there && after != before {
				rows = append(rows, []string{l.ID, u, before, after})
			}
		}
	}
	return table(rows)
}

// table writes rows as CSV. A cell that a spreadsheet would take for a formula
// begins with an apostrophe.
func table(rows [][]string) []byte {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	for _, row := range rows {
		for i, cell := range row {
			if cell != "" && strings.ContainsRune("=+-@\t\r", rune(cell[0])) {
				row[i] = "'" + cell
			}
		}
		w.Write(row)
	}
	w.Flush()
	return b.Bytes()
}
