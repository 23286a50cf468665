package elsewhere

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const root = "../../.."

// TestTable: the pages say what works where as the records say it.
func TestTable(t *testing.T) {
	table, err := Table(root)
	if err != nil {
		t.Fatal(err)
	}
	for _, page := range []string{"README.md", "chapters/00-setup.md"} {
		text, err := os.ReadFile(filepath.Join(root, page))
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(string(text), "\n"+table) {
			t.Errorf("%s must have this table of what works where:\n%s", page, table)
		}
	}
}
