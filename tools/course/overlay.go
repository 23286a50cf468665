package main

import (
	"encoding/json"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"loopback/tools/base/catalogue"
	"loopback/tools/engine/build"
	"loopback/tools/engine/scenario"
)

func newOverlay() *cobra.Command {
	return &cobra.Command{
		Use:   "overlay",
		Short: "the given files of every program, for go build, go vet and editors",
		Long: `A wrong or right program in testdata is most often main.go alone; the files that
its unit gives come from the unit's solution when the grader builds it. Overlay
prints what tells the go command the same: a file for its flag -overlay, which
an editor's language server also takes.`,
		Example: `  go run ./tools/course overlay > overlay.json
  go vet -overlay=overlay.json ./testdata/06-readiness-loop/wrong/a-failed-write-ends-nothing`,
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			dir, err := root()
			if err != nil {
				return err
			}
			o, err := overlayOf(dir)
			if err != nil {
				return err
			}
			return json.NewEncoder(os.Stdout).Encode(o)
		},
	}
}

// overlayOf returns where the go command must see which given file.
func overlayOf(root string) (build.Overlay, error) {
	var o build.Overlay
	subjects, _ := catalogue.Subjects(root, "")
	for _, s := range subjects {
		folder := filepath.Join(root, s.Folder)
		given, err := build.Given(&scenario.Unit{Root: root, Name: s.Unit}, folder)
		if err != nil {
			return o, err
		}
		if _, err := o.Add(folder, given); err != nil {
			return o, err
		}
	}
	return o, nil
}
