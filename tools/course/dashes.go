package main

import (
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// twoDashes lets long flags be written with one hyphen, as Go's own commands
// have them: -burn is --burn. Short flags, and the values of flags, stay as
// they are.
func twoDashes(root *cobra.Command, args []string) []string {
	c, _, err := root.Find(args)
	if err != nil {
		c = root
	}
	out := make([]string, 0, len(args))
	for i := 0; i < len(args); i++ {
		arg := args[i]
		if arg == "--" {
			return append(out, args[i:]...)
		}
		name, _, hasValue := strings.Cut(strings.TrimLeft(arg, "-"), "=")
		f := lookUp(c, name)
		if f == nil && name == "help" && arg == "-help" {
			arg = "--help"
		}
		if f != nil && len(name) > 1 && strings.HasPrefix(arg, "-") && !strings.HasPrefix(arg, "--") {
			arg = "-" + arg
		}
		out = append(out, arg)
		if strings.HasPrefix(arg, "-") && f != nil && !hasValue && f.NoOptDefVal == "" && i+1 < len(args) {
			i++
			out = append(out, args[i]) // the value, whatever it looks like
		}
	}
	return out
}

func lookUp(c *cobra.Command, name string) *pflag.Flag {
	if len(name) == 1 {
		if f := c.Flags().ShorthandLookup(name); f != nil {
			return f
		}
	}
	if f := c.Flags().Lookup(name); f != nil {
		return f
	}
	return c.InheritedFlags().Lookup(name)
}
