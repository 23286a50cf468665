package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"loopback/tools/base/nearest"
	"loopback/tools/companion/coach"
)

// elsewhere has verbs that other courses have, and what does the same here.
var elsewhere = map[string]string{
	"next":   ": without a verb it says what is next",
	"status": ": without a verb it shows where you stand",
	"list":   ": without a verb it shows where you stand",
	"test":   " watch, or grade UNIT",
	"verify": " watch, or grade UNIT",
	"submit": " watch, or grade UNIT",
	"start":  " watch",
	"replay": " run UNIT SCENARIO --html FILE",
}

// noVerb is for a first word that is no verb.
func noVerb(c *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	if here := elsewhere[args[0]]; here != "" {
		return fmt.Errorf("unknown command %q; try %s%s", args[0], coach.Command, here)
	}
	var verbs []string
	for _, v := range c.Commands() {
		if !v.Hidden {
			verbs = append(verbs, v.Name())
		}
	}
	if best := nearest.Name(args[0], verbs); best != "" {
		return fmt.Errorf("unknown command %q; did you mean %s?", args[0], best)
	}
	if u, err := loadUnit(args[0]); err == nil {
		return fmt.Errorf("%s is a unit; say what to do with it, such as: %s watch %s", u.Name, coach.Command, args[0])
	}
	return fmt.Errorf("unknown command %q; commands are %s", args[0], strings.Join(verbs, ", "))
}

// takes checks the number of arguments; what are their names, the first least
// of which must be there.
func takes(least int, what ...string) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		if len(args) < least {
			return fmt.Errorf("%s needs a %s; for example:%s", c.Name(), what[len(args)], example(c))
		}
		if len(args) > len(what) {
			return fmt.Errorf("%s takes %s and no more; what is %q? For example:%s", c.Name(),
				strings.Join(what, " and "), args[len(what)], example(c))
		}
		return nil
	}
}

// example returns the first line of a verb's examples.
func example(c *cobra.Command) string {
	first, _, _ := strings.Cut(strings.TrimSpace(c.Example), "\n")
	if first == "" {
		first = coach.Command + " " + c.Use
	}
	return " " + first
}

// wrongFlag says which flag was meant.
func wrongFlag(c *cobra.Command, err error) error {
	var unknown *pflag.NotExistError
	if !errors.As(err, &unknown) {
		return fmt.Errorf("%s: %w", c.Name(), err)
	}
	var names []string
	c.Flags().VisitAll(func(f *pflag.Flag) { names = append(names, f.Name) })
	name, hyphens := unknown.GetSpecifiedName(), "--"
	if one := unknown.GetSpecifiedShortnames(); one != "" {
		name, hyphens = one, "-"
	}
	if best := nearest.Name(name, names); best != "" {
		return fmt.Errorf("%s has no flag %s%s; did you mean --%s?", c.Name(), hyphens, name, best)
	}
	return fmt.Errorf("%s has no flag %s%s; its flags are in: %s --help", c.Name(), hyphens, name, c.CommandPath())
}
