package batch

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"loopback/tools/class/box"
	"loopback/tools/class/sheet"
	"loopback/tools/engine/result"
	"loopback/tools/engine/result/valid"
)

// same compares two folders of batches, byte by byte but for times and what
// differs from run to run on the wire.
func same(t *testing.T, one, two string) {
	t.Helper()
	a, b := contents(t, one), contents(t, two)
	for name := range b {
		if _, there := a[name]; !there {
			t.Errorf("%s is in one of them alone", name)
		}
	}
	for name := range a {
		if a[name] != b[name] {
			t.Errorf("%s differs:\n%s\n%s", name, a[name], b[name])
		}
	}
}

func contents(t *testing.T, out string) map[string]string {
	t.Helper()
	all := map[string]string{}
	for _, pattern := range []string{"*", "*/*"} {
		files, err := filepath.Glob(filepath.Join(out, pattern))
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			name, _ := filepath.Rel(out, f)
			if fi, err := os.Stat(f); err != nil || fi.IsDir() || strings.HasPrefix(name, ".") ||
				strings.HasSuffix(name, "report.html") {
				continue // a page is made from the result, times included
			}
			data, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			if strings.HasSuffix(name, ".json") {
				checkSandbox(t, data)
				if err := valid.Check(data); err != nil {
					t.Errorf("%s: %v", name, err)
				}
				data = timeless(t, data)
			}
			all[name] = string(data)
		}
	}
	return all
}

// checkSandbox makes sure that what was run was run in a box.
func checkSandbox(t *testing.T, data []byte) {
	t.Helper()
	r, err := sheet.Parse(data)
	if err != nil {
		t.Fatal(err)
	}
	for what, how := range box.Probe().Words() {
		if r.Status == result.Graded && r.Sandbox[what] != how {
			t.Errorf("graded in %v, not %s: %s", r.Sandbox, what, how)
		}
	}
}

// timeless removes times from a result, and what tells of the wire.
func timeless(t *testing.T, data []byte) []byte {
	t.Helper()
	var v any
	if err := json.Unmarshal(data, &v); err != nil {
		t.Fatal(err)
	}
	var strip func(v any)
	strip = func(v any) {
		switch v := v.(type) {
		case map[string]any:
			for key, inner := range v {
				if slices.Contains([]string{"ms", "timeline", "rationale"}, key) {
					delete(v, key)
				}
				strip(inner)
			}
		case []any:
			for _, inner := range v {
				strip(inner)
			}
		}
	}
	strip(v)
	out, err := json.MarshalIndent(v, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return out
}
