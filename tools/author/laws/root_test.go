package laws

import (
	"os"
	"testing"

	"loopback/tools/base/tree"
)

func rootOf(t *testing.T) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	root, err := tree.Root(dir)
	if err != nil {
		t.Fatal(err)
	}
	return root
}
