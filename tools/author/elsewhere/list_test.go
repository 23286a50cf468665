//go:build noevidence

package elsewhere

import (
	"bytes"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	"loopback/tools/base/record"
)

const listFile = root + "/" + caughtFile

const listHead = `# Wrong programs that fail where the kernel shows nothing, and by what: a build with the tag noevidence.
# go test -tags noevidence ./tools/author/elsewhere -full -record -timeout 3h
`

// A catch is how a wrong program is caught.
type catch struct {
	scenario string
	code     record.Code
}

// A list has the catches, by UNIT/NAME. It may be written to by several.
type list struct {
	mu  sync.Mutex
	all map[string]catch
}

func readList(t *testing.T) *list {
	t.Helper()
	l := &list{all: map[string]catch{}}
	data, err := os.ReadFile(listFile)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(data)) {
		if f := strings.Fields(line); len(f) == 3 && f[0] != "#" {
			l.all[f[0]] = catch{f[1], record.Code(f[2])}
		}
	}
	return l
}

// add adds a catch, and writes the file, so that nothing is lost when the test ends
// early.
func (l *list) add(t *testing.T, name string, c catch) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.all[name] = c
	var b bytes.Buffer
	b.WriteString(listHead)
	for _, name := range slices.Sorted(maps.Keys(l.all)) {
		fmt.Fprintf(&b, "%s %s %s\n", name, l.all[name].scenario, l.all[name].code)
	}
	if err := os.WriteFile(listFile, b.Bytes(), 0o644); err != nil {
		t.Error(err)
	}
}

func (l *list) get(name string) (catch, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	c, ok := l.all[name]
	return c, ok
}
