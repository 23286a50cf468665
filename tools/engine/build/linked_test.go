package build

import (
	"path/filepath"
	"slices"
	"testing"

	"loopback/tools/base/trial"
)

// What is linked in counts, by whichever package it comes.
func TestLinked(t *testing.T) {
	root := trial.Course(t, nil)
	file := filepath.Join(t.TempDir(), "main.go")
	trial.Write(t, file, "package main\n\nimport (\n\t\"crypto/tls\"\n\t\"fmt\"\n)\n\n"+
		"func main() { fmt.Println(tls.VersionTLS13) }\n")
	got, err := Linked(t.Context(), root, []string{file}, []string{"net", "fmt", "net/http"})
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(got["net"], []string{"crypto/tls", "net"}) || !slices.Equal(got["fmt"], []string{"fmt"}) ||
		len(got) != 2 {
		t.Errorf("got %v", got)
	}
	other := filepath.Join(t.TempDir(), "other.go")
	trial.Write(t, other, "package main\n\nimport _ \"net/http\"\n")
	got, err = Linked(t.Context(), root, []string{file, other}, nil)
	if err != nil || !slices.Equal(got["net/http"], []string{"net/http"}) || len(got) < 20 {
		t.Errorf("from two folders: %d packages, %v", len(got), err)
	}
}
