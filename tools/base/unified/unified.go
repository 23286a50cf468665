// Package unified writes how two texts differ, in the unified form.
package unified

import (
	"fmt"
	"strings"
)

// context is the number of unchanged lines around a change.
const context = 3

// An edit is a line of a difference: unchanged (' '), taken away ('-') or put
// in ('+'). Old and new are how many lines of each text stand before it.
type edit struct {
	op       byte
	text     string
	old, new int
}

// Lines returns the shortest difference of two texts in the unified form,
// with the names of the files. What a lesson changes is in the text as few
// lines, which the anchored differences of package diff do not promise: they
// show unchanged braces as changed.
func Lines(oldName string, old []string, newName string, new []string) []string {
	edits := shortest(old, new)
	var out []string
	for i := 0; i < len(edits); {
		first, last := hunk(edits, i)
		if first < 0 {
			break
		}
		if out == nil {
			out = []string{"--- " + oldName, "+++ " + newName}
		}
		out = append(out, header(edits[first:last]))
		for _, e := range edits[first:last] {
			out = append(out, string(e.op)+e.text)
		}
		i = last
	}
	return out
}

// shortest returns the edits that make new of old and leave as many lines as
// can be; among several ways, one in which what is taken away comes first.
func shortest(old, new []string) []edit {
	common := commonLines(old, new)
	var edits []edit
	i, j := 0, 0
	add := func(op byte, text string) { edits = append(edits, edit{op, text, i, j}) }
	for i < len(old) || j < len(new) {
		switch {
		case i < len(old) && j < len(new) && old[i] == new[j]:
			add(' ', old[i])
			i, j = i+1, j+1
		case j == len(new) || i < len(old) && common[i+1][j] >= common[i][j+1]:
			add('-', old[i])
			i++
		default:
			add('+', new[j])
			j++
		}
	}
	return edits
}

// commonLines returns for all i and j the length of the longest common
// subsequence of old[i:] and new[j:]. Programs of the course are short: the
// table is small.
func commonLines(old, new []string) [][]int {
	table := make([][]int, len(old)+1)
	for i := range table {
		table[i] = make([]int, len(new)+1)
	}
	for i := len(old) - 1; i >= 0; i-- {
		for j := len(new) - 1; j >= 0; j-- {
			if old[i] == new[j] {
				table[i][j] = 1 + table[i+1][j+1]
			} else {
				table[i][j] = max(table[i+1][j], table[i][j+1])
			}
		}
	}
	return table
}

// hunk returns the first hunk at or behind edits[from], -1 when there is none.
func hunk(edits []edit, from int) (first, last int) {
	first, last = -1, -1
	for i := from; i < len(edits); i++ {
		switch {
		case edits[i].op == ' ':
			continue
		case first < 0:
			first = max(from, i-context)
		case i-last > 2*context:
			return first, last + context
		}
		last = i + 1
	}
	return first, min(len(edits), last+context)
}

// header returns the line that says where a hunk stands.
func header(edits []edit) string {
	olds, news := 0, 0
	for _, e := range edits {
		if e.op != '+' {
			olds++
		}
		if e.op != '-' {
			news++
		}
	}
	return fmt.Sprintf("@@ -%s +%s @@", extent(edits[0].old, olds), extent(edits[0].new, news))
}

// extent returns "LINE,COUNT" as diff -u writes it.
func extent(before, count int) string {
	switch count {
	case 0:
		return fmt.Sprintf("%d,0", before)
	case 1:
		return fmt.Sprint(before + 1)
	}
	return fmt.Sprintf("%d,%d", before+1, count)
}

// Texts returns the shortest difference of two texts in the unified form, as
// diff -u writes it; "" when they are equal.
func Texts(oldName, old, newName, new string) string {
	lines := Lines(oldName, linesOf(old), newName, linesOf(new))
	if len(lines) == 0 {
		return ""
	}
	return strings.Join(lines, "\n") + "\n"
}

func linesOf(text string) []string {
	return strings.Split(strings.TrimSuffix(text, "\n"), "\n")
}
