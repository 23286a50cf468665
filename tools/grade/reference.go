package grade

import (
	"fmt"
	"strings"
)

// Reference returns the page, in Markdown, that describes the language of
// scenarios. It is made from the commands' and codes' own texts.
func Reference() string {
	var b strings.Builder
	b.WriteString(referenceHead)
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
	b.WriteString(factsHead)
	for _, k := range facts() {
		fmt.Fprintf(&b, "| `%s` | %s |\n", strings.TrimSpace(k.name+" "+k.arg), k.meaning)
	}
	b.WriteString("\n## Verdicts\n\nA scenario that does not pass has exactly one of these codes.\n\n" +
		"| code | what it means |\n|---|---|\n")
	for _, c := range Codes() {
		fmt.Fprintf(&b, "| `%s` | %s |\n", c, c.Meaning())
	}
	return b.String()
}

func upper(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

const factsHead = `
## Facts

What a cause or a hint may ask of the evidence, behind *when*. Several are joined by *and*; *not*
turns one round. A fact that needs evidence which is not there does not hold: then the section without
a condition speaks. Text with spaces stands in double quotes.

| fact | when it holds |
|---|---|
`

const referenceHead = `# Scenario reference

This page is generated from the grader's own commands. To write it again:
` + "`go run ./tools/course check --fix`" + `.

A scenario is one behaviour: a file ` + "`testdata/UNIT/NN-behaviour.txtar`" + `. Its first line is a
comment that says the rule in one sentence. Then come optional header lines, then the script, one
command on each line, and after the script what to say when it fails.

| header | what it means |
|---|---|
| ` + "`# points 2`" + ` | what the scenario is worth, a whole number; 1 when it is not there |
| ` + "`# needs 01-one-line`" + ` | leave this scenario out when one of those fails |
| ` + "`# timeout 8s`" + ` | how long a program may sleep without any progress where nothing is proved: 1s when it has a timer of its own, 5s when the system gives no evidence |
| ` + "`# patience 150ms`" + ` | how long the client is to wait before it asks again, in the variable $patience; it may sleep twice as long and a second more. A verdict against it is given only when it fails again with six times the patience, so that a busy machine has no part in it |
| ` + "`# tags framing short-read`" + ` | words for an instructor's statistics |
| ` + "`# visibility after_due_date`" + ` | for systems that hide results: visible, after_due_date, after_published, hidden |
| ` + "`# challenge`" + ` | a scenario that learners may try for: numbered behind the others, it runs when all of them pass, never fails a program and gives no points. It has a right variant of its name, ` + "`right/behaviour`" + `; the reference does not pass it |
| ` + "`# race`" + ` | the program must be built with the race detector; without it the scenario is left out |
| ` + "`# garbage`" + ` | the scenario is about memory, so a Go program collects its garbage as usual; elsewhere it does not, to be faster |
| ` + "`# namespace`" + ` | the program, one for the scenario, runs as root of a user and network namespace of its own, with a loopback interface and nothing else; there the grader dials, listens and accepts, too. Where the system refuses one the scenario is left out |
| ` + "`# sysctl net.ipv4.ip_local_port_range 40000 40000`" + ` | a setting of that network, which this implies; names begin with net. |

| section | what it holds |
|---|---|
| ` + "`-- cause CODE --`" + ` | the likely cause, in the learner's words, when the verdict has this code; several codes may stand there |
| ` + "`-- cause CODE when FACT and not FACT --`" + ` | the same, where the evidence says so: see *Facts* |
| ` + "`-- read --`" + ` | the chapter and heading where it is explained |
| ` + "`-- hint CODE --`" + ` | a hint for a verdict with this code; each further one goes a step further |
| ` + "`-- hint CODE when FACT --`" + `, ` + "`-- hint when FACT --`" + ` | a hint for a verdict of which the evidence says so |
| ` + "`-- hint --`" + ` | a hint for every verdict that has none of its own |

Of the causes, and of the groups of hints with the same heading, the first that fits the verdict is
taken: those for a code with a condition come first, then those for a code, then those with a
condition alone, then the others; among equals, the order is that of the file. A group has two or
three hints.

A file whose first line is ` + "`# as UNIT/NAME`" + ` stands for that other unit's scenario. Sections of its own
may follow: they come before all of that scenario's, so they add to them or take their place.

Text in single quotes is taken as it is, so that spaces and ` + "`#`" + ` can stand in it. The grader speaks
only when the program is at rest, so that what a scenario sees does not depend on who was faster.
`
