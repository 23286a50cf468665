package grade

import (
	_ "embed"
	"fmt"
	"strings"
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
	for _, c := range commands() {
		if c.group != group {
			group = c.group
			fmt.Fprintf(&b, "\n## %s\n", group)
		}
		fmt.Fprintf(&b, "\n### %s\n\n`%s`\n\n%s.\n", c.name, strings.TrimSpace(c.name+" "+c.args), upper(c.summary))
		if c.detail != "" {
			fmt.Fprintf(&b, "%s\n", c.detail)
		}
	}
	for _, k := range facts() {
		fmt.Fprintf(&when, "| `%s` | %s |\n", strings.TrimSpace(k.name+" "+k.arg), k.meaning)
	}
	for _, c := range Codes() {
		fmt.Fprintf(&all, "| `%s` | %s |\n", c, c.Meaning())
	}
	return strings.NewReplacer("{{commands}}\n", b.String(), "{{facts}}\n", when.String(),
		"{{codes}}\n", all.String()).Replace(referencePage)
}

func upper(s string) string { return strings.ToUpper(s[:1]) + s[1:] }
