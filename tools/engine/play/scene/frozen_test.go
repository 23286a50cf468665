package scene

import (
	"os"
	"path/filepath"
	"testing"
)

// What is started and judged is what the program was when its grading began.
func TestFrozen(t *testing.T) {
	dir := t.TempDir()
	exe, source := filepath.Join(dir, "program"), filepath.Join(dir, "main.go")
	for _, f := range []string{exe, source} {
		if err := os.WriteFile(f, []byte("first"), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	p := &Program{Argv: []string{exe}, Sources: []string{source}}
	if err := p.Freeze(); err != nil {
		t.Fatal(err)
	}
	defer p.Thaw()
	if at, err := p.path(); at != exe || err != nil {
		t.Errorf("unchanged it is %s, %v", at, err)
	}
	inputs := p.Inputs()
	for _, change := range []func(){
		func() { os.WriteFile(exe, []byte("other"), 0o755); os.WriteFile(source, []byte("other"), 0o644) },
		func() { os.Remove(exe); os.Remove(source) },
	} {
		change()
		at, err := p.path()
		if err != nil {
			t.Fatal(err)
		}
		if data, err := os.ReadFile(at); err != nil || string(data) != "first" {
			t.Errorf("it is %q, %v", data, err)
		}
		if text, err := p.Text(source); err != nil || string(text) != "first" || p.Inputs() != inputs {
			t.Errorf("its source is %q, %v", text, err)
		}
	}
}
