package resp

import (
	"fmt"
	"testing"
)

func TestEveryRow(t *testing.T) {
	circle := everyRow(6, 4)
	seen := map[string]bool{}
	for i := range circle {
		seen[fmt.Sprint(append(circle[i:], circle...)[:4])] = true
	}
	if len(circle) != 6*6*6*6 || len(seen) != len(circle) {
		t.Errorf("%d symbols, and %d rows that differ", len(circle), len(seen))
	}
}
