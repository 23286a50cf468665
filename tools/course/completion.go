package main

import (
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"loopback/tools/nearest"
)

// shells are those that completion can be written for, and how each reads it.
var shells = []struct {
	name, how string
	write     func(root *cobra.Command) error
}{
	{"bash", "source <(course completion bash)", func(c *cobra.Command) error {
		fmt.Print(bashAlone)
		return c.GenBashCompletionV2(os.Stdout, true)
	}},
	{"zsh", "source <(course completion zsh)", func(c *cobra.Command) error { return c.GenZshCompletion(os.Stdout) }},
	{"fish", "course completion fish | source",
		func(c *cobra.Command) error { return c.GenFishCompletion(os.Stdout, true) }},
	{"powershell", "course completion powershell | Out-String | Invoke-Expression", func(c *cobra.Command) error {
		return c.GenPowerShellCompletionWithDesc(os.Stdout)
	}},
}

// bashAlone stands in for what the script takes from the package
// bash-completion, where that is not installed.
const bashAlone = `if ! declare -F _get_comp_words_by_ref >/dev/null; then
_get_comp_words_by_ref() {
    cur=${COMP_WORDS[COMP_CWORD]}
    prev=${COMP_WORDS[COMP_CWORD-1]}
    words=("${COMP_WORDS[@]}")
    cword=$COMP_CWORD
}
__ltrim_colon_completions() { :; }
fi
`

func newCompletion() *cobra.Command {
	var names []string
	var hows strings.Builder
	for _, s := range shells {
		names = append(names, s.name)
		fmt.Fprintf(&hows, "  %s\n", s.how)
	}
	return &cobra.Command{
		Use:   "completion SHELL",
		Short: "have your shell complete verbs, units and scenarios",
		Long: `Completion writes a script for a shell, bash, zsh, fish or powershell, which then
completes verbs, flags, units and scenarios. It does so for a command that is
called course, so build one first, to a folder in your PATH:

  go build -o ~/bin/course ./tools/course

Then give the script to your shell, or have its startup file do so.`,
		Example:           strings.TrimSuffix(hows.String(), "\n"),
		Args:              takes(1, "SHELL"),
		ValidArgs:         names,
		DisableAutoGenTag: true,
		RunE: func(c *cobra.Command, args []string) error {
			for _, s := range shells {
				if s.name == args[0] {
					return s.write(c.Root())
				}
			}
			if best := nearest.Name(args[0], names); best != "" {
				return fmt.Errorf("no shell is called %q; did you mean %s?", args[0], best)
			}
			return fmt.Errorf("%q is no shell that can be written for; there are %s", args[0],
				strings.Join(names, ", "))
		},
	}
}
