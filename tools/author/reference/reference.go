package reference

import (
	"cmp"
	_ "embed"
	"fmt"
	"slices"
	"strings"

	"loopback/tools/base/record"
	"loopback/tools/engine/facts"
	"loopback/tools/engine/play"
	"loopback/tools/engine/play/scene"
)

// referencePage has a place each for the commands, the facts and the codes.
//
//go:embed reference.md
var referencePage string

// Reference returns the page, in Markdown, that describes the language of
// scenarios. It is made from the commands' and codes' own texts.
func Reference() string {
	var b, when, all strings.Builder
	group := ""
	for _, c := range grouped(play.Commands()) {
		if c.Group != group {
			group = c.Group
			fmt.Fprintf(&b, "\n## %s\n", group)
		}
		fmt.Fprintf(&b, "\n### %s\n\n`%s`\n\n%s.\n", c.Name, strings.TrimSpace(c.Name+" "+c.Args), upper(c.Summary))
		if c.Detail != "" {
			fmt.Fprintf(&b, "%s\n", c.Detail)
		}
	}
	for _, k := range facts.Kinds() {
		fmt.Fprintf(&when, "| `%s` | %s |\n", strings.TrimSpace(k.Name+" "+k.Arg), k.Meaning)
	}
	for _, c := range record.Codes() {
		fmt.Fprintf(&all, "| `%s` | %s |\n", c, c.Meaning())
	}
	return strings.NewReplacer("{{commands}}\n", b.String(), "{{facts}}\n", when.String(),
		"{{codes}}\n", all.String()).Replace(referencePage)
}

// grouped puts all commands of a group together, where its first one stands.
func grouped(all []scene.Command) []scene.Command {
	first := map[string]int{}
	for i, c := range slices.Backward(all) {
		first[c.Group] = i
	}
	slices.SortStableFunc(all, func(a, b scene.Command) int { return cmp.Compare(first[a.Group], first[b.Group]) })
	return all
}

func upper(s string) string { return strings.ToUpper(s[:1]) + s[1:] }
