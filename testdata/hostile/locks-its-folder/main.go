// Files are left in the temporary directory, below a folder that its owner may
// not open any more. Then the program ends.
//
// Nothing of it may be left, whoever runs the grader.
//
// Caught by: 01-one-line (exited), as 04-goroutine-per-client.
package main

import (
	"log"
	"os"
	"path/filepath"
)

func main() {
	vault := filepath.Join(os.TempDir(), "vault")
	if err := os.MkdirAll(filepath.Join(vault, "deep"), 0o700); err != nil {
		log.Fatal(err)
	}
	os.WriteFile(filepath.Join(vault, "deep", "treasure"), []byte("mine\n"), 0o400)
	os.Chmod(filepath.Join(vault, "deep"), 0)
	os.Chmod(vault, 0)
}
