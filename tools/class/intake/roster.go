package intake

import (
	"encoding/csv"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
)

// A Roster says who is in the class: a table with a column id and any others,
// such as a name, an address or an account, by which submissions are found.
type Roster struct {
	IDs  []string
	rows [][]string
	id   int // the column
}

// ReadRoster reads a CSV file whose first row names the columns.
func ReadRoster(file string) (*Roster, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	r := csv.NewReader(f)
	r.FieldsPerRecord = -1
	rows, err := r.ReadAll()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	if len(rows) == 0 {
		return nil, fmt.Errorf("%s: it is empty", file)
	}
	rows[0][0] = strings.TrimPrefix(rows[0][0], "\ufeff")
	out := &Roster{rows: rows[1:]}
	out.id = slices.IndexFunc(rows[0], func(c string) bool { return strings.EqualFold(strings.TrimSpace(c), "id") })
	if out.id < 0 {
		return nil, fmt.Errorf("%s: its first row names the columns, and one of them must be id", file)
	}
	seen := map[string]bool{}
	for i, row := range out.rows {
		if out.id >= len(row) || strings.TrimSpace(row[out.id]) == "" {
			return nil, fmt.Errorf("%s:%d: there is no id", file, i+2)
		}
		id := strings.TrimSpace(row[out.id])
		if seen[id] {
			return nil, fmt.Errorf("%s:%d: %w: %s", file, i+2, errTwice, id)
		}
		seen[id] = true
		out.IDs = append(out.IDs, id)
	}
	return out, nil
}

var errTwice = errors.New("an id that was there before")

// find returns the id of the learner whose submission s is: the one in whose
// row a cell is the submission's name or what else is known of its learner,
// or is what a name such as CLASSROOM-ASSIGNMENT-ACCOUNT ends in.
func (r *Roster) find(s *Submission) (id string, ok bool) {
	names := append([]string{s.Name}, s.Known...)
	for _, same := range []func(cell, name string) bool{
		strings.EqualFold,
		func(cell, name string) bool {
			return strings.HasSuffix(strings.ToLower(name), "-"+strings.ToLower(cell))
		},
	} {
		for i, row := range r.rows {
			for _, cell := range row {
				cell = strings.TrimSpace(cell)
				is := func(name string) bool { return cell != "" && name != "" && same(cell, name) }
				if slices.ContainsFunc(names, is) {
					return r.IDs[i], true
				}
			}
		}
	}
	return "", false
}

// Has reports whether the roster has this id.
func (r *Roster) Has(id string) bool {
	return slices.ContainsFunc(r.IDs, func(known string) bool { return safe(known) == id })
}
