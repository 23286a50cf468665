package batch

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"loopback/tools/base/screen"
	"loopback/tools/base/trial"
	"loopback/tools/class/sheet"
)

// withReference grades two submissions of a class whose course has this program as its
// solution. What the batch says is written to said.
func withReference(t *testing.T, text string, said func(o Options) io.Writer) (Options, error) {
	t.Helper()
	o := class(t)
	o.Out, o.Only = filepath.Join(t.TempDir(), "out"), []string{"a-solution", "f-stub"}
	trial.Write(t, filepath.Join(o.Root, "solutions", unit, "main.go"), text)
	if said != nil {
		o.Screen = screen.New(said(o))
	}
	_, err := Run(t.Context(), o)
	return o, err
}

// right returns the solution of the unit.
func right(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "..", "solutions", unit, "main.go"))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

const dies = "package main\n\nfunc main() {}\n"

// TestCanary: where the reference passes there are marks, and nothing of the reference is
// in the tables.
func TestCanary(t *testing.T) {
	o, err := withReference(t, right(t), nil)
	if err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(filepath.Join(o.Out, "grades.csv"))
	if err != nil || strings.Contains(string(data), "reference") || !strings.Contains(string(data), "a-solution,3,3") ||
		!strings.Contains(string(data), "f-stub,0,3") {
		t.Errorf("%v\n%s", err, data)
	}
}

// TestCanaryDies: where the reference does not pass no mark is written, and the machine is
// named.
func TestCanaryDies(t *testing.T) {
	o, err := withReference(t, dies, nil)
	if !errors.Is(err, ErrMachine) || !strings.Contains(err.Error(), "01-comes-and-goes") {
		t.Errorf("the error is %v", err)
	}
	if _, err := os.Stat(filepath.Join(o.Out, "grades.csv")); err == nil {
		t.Error("there are marks")
	}
}

// A spoiler makes the reference one that dies as soon as the stub has its mark.
type spoiler struct{ file string }

func (s spoiler) Write(data []byte) (int, error) {
	if strings.Contains(string(data), "f-stub "+unit) {
		return len(data), os.WriteFile(s.file, []byte(dies), 0o644)
	}
	return len(data), nil
}

// TestTakenBack: when the reference fails later, the marks of those that failed since it
// passed are taken back.
func TestTakenBack(t *testing.T) {
	o, err := withReference(t, right(t), func(o Options) io.Writer {
		return spoiler{filepath.Join(o.Root, "solutions", unit, "main.go")}
	})
	if !errors.Is(err, ErrMachine) {
		t.Errorf("the error is %v", err)
	}
	if _, err := os.Stat(sheet.ResultFile(o.Out, "f-stub", unit)); err == nil {
		t.Error("a mark is left that the reference would not have got either")
	}
}
