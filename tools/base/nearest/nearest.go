// Package nearest finds the name that somebody meant: the one that differs in
// the fewest letters. It knows nothing about what the names are of.
package nearest

import "slices"

// Name returns the one of names that is most like name, and "" when none is
// like it: at most one letter in three, and one more, may differ.
func Name(name string, names []string) string {
	best, least := "", 1+len(name)/3
	for _, n := range slices.Sorted(slices.Values(names)) {
		if d := Distance(name, n); d <= least && (best == "" || d < least) {
			best, least = n, d
		}
	}
	return best
}

// Distance returns how many letters must be changed, added or taken away to
// make b of a (Levenshtein).
func Distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			diagonal, row[j+1] = row[j+1], min(diagonal+cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
