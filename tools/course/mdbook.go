package main

import (
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"loopback/tools/book/site"
)

// newMDBook is the verb that mdBook calls, as book.toml tells it to.
func newMDBook() *cobra.Command {
	return &cobra.Command{
		Use:    "mdbook [supports RENDERER]",
		Short:  "prepare the chapters for mdBook, which calls this itself",
		Hidden: true,
		Args:   cobra.MaximumNArgs(2),
		RunE: func(c *cobra.Command, args []string) error {
			switch {
			case len(args) == 2 && args[0] == "supports":
				if !site.Supports(args[1]) {
					return status(notAll)
				}
				return nil
			case len(args) > 0:
				return fmt.Errorf("mdbook is called by mdBook, without arguments or with: supports RENDERER")
			}
			dir, err := root()
			if err != nil {
				return err
			}
			return site.Preprocess(dir, os.Stdin, os.Stdout)
		},
	}
}
