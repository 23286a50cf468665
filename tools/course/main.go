// Course is the one command of the course.
//
//	go run ./tools/course                 where you stand and what to do next
//	go run ./tools/course watch           grade each time you save
//	go run ./tools/course hint            the next hint for what fails now
//	go run ./tools/course try UNIT        be the peer, and see the wire live
//	go run ./tools/course --help          all verbs
//
// It only joins the packages of tools/: flags, words and exit statuses are
// here, nothing else. Exit statuses: 0 all is well, 1 it is not, 2 wrong use,
// 3 could not grade.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"loopback/tools/base/burner"
	"loopback/tools/base/called"
	"loopback/tools/base/screen"
	"loopback/tools/companion/coach"
	"loopback/tools/engine/process"
)

// The exit statuses.
const (
	allWell  = 0
	notAll   = 1
	wrongUse = 2
	cannot   = 3
)

// status is an exit status that is not 2, with nothing left to say.
type status int

func (s status) Error() string { return fmt.Sprintf("exit status %d", int(s)) }

func main() {
	burner.Main(os.Args)
	os.Exit(run(os.Args[1:]))
}

// run runs the command and returns its exit status. What programs under test
// have left behind is ended whatever happens.
func run(args []string) int {
	defer process.Sweep()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	cmd := newCourse()
	cmd.SetArgs(args)
	err := cmd.ExecuteContext(ctx)
	var code status
	switch {
	case err == nil:
		return allWell
	case errors.As(err, &code):
		return int(code)
	}
	screen.New(os.Stderr).Printf("course: %v\n", err)
	return wrongUse
}

func newCourse() *cobra.Command {
	c := &cobra.Command{
		Use:           "course",
		Annotations:   map[string]string{cobra.CommandDisplayNameAnnotation: coach.Command},
		Short:         "where you stand in the course, and what to do next",
		Long:          manual,
		Args:          noVerb,
		SilenceErrors: true,
		SilenceUsage:  true,
		RunE:          showBoard,
	}
	c.SetFlagErrorFunc(wrongFlag)
	c.SetHelpTemplate(manualPage)
	c.PersistentFlags().BoolP("help", "h", false, "tell more about this command")
	c.CompletionOptions.HiddenDefaultCmd = true // the manual says it
	cobra.EnableCommandSorting = false
	c.AddGroup(&cobra.Group{ID: "learn", Title: "To learn:"},
		&cobra.Group{ID: "grade", Title: "To grade and to write the course:"})
	add(c, "learn", newWatch(), newHint(), newRun(), newTry(), newSolution(), newDebug(), newReset())
	add(c, "grade", newGrade(), newDoctor(), newBatch(), newGradeOne(), newBuildOne(), newConvert(), newExport())
	add(c, "grade", newCheck(), newSoak(), newMutants(), newWeave(), newNew(), newRename(), newRemove(),
		newOverlay(), newMDBook())
	c.InitDefaultHelpCmd()
	help, _, _ := c.Find([]string{"help"})
	help.Hidden, help.Short, help.Long = true, "tell more about a verb", "Help does what --help does."
	for _, v := range c.Commands() {
		v.Example = strings.ReplaceAll(v.Example, called.ByGo, coach.Command)
	}
	return c
}

func add(c *cobra.Command, group string, verbs ...*cobra.Command) {
	for _, v := range verbs {
		v.GroupID = group
		c.AddCommand(v)
	}
}

// manualPage is how help is laid out: what it is, how it is called, what it
// does, then the details.
const manualPage = `{{.CommandPath}}: {{.Short}}

Usage:
  {{if .HasAvailableSubCommands}}{{.CommandPath}} [VERB]{{else}}{{.UseLine}}{{end}}

{{with .Long}}{{trimTrailingWhitespaces .}}
{{end}}{{if .HasExample}}
Examples:
{{.Example}}
{{end}}{{$c := .}}{{range .Groups}}
{{.Title}}
{{$id := .ID}}{{range $c.Commands}}{{if and (eq .GroupID $id) .IsAvailableCommand}}  {{rpad .Name .NamePadding}} {{.Short}}
{{end}}{{end}}{{end}}{{if .HasAvailableLocalFlags}}
Flags:
{{.LocalFlags.FlagUsages | trimTrailingWhitespaces}}
{{end}}{{if .HasAvailableSubCommands}}
{{.CommandPath}} VERB --help tells more about a verb.
{{end}}`

const manual = `Without a verb the command shows every exercise, how far it is, and what to do
next. What has changed since the last time is graded; the rest is read.

An exercise is one program, exercises/UNIT/main.go, which you edit. UNIT is its
name, or the number that it begins with: 04 is 04-goroutine-per-client. A verdict
is the same wherever you ask: here, by watch, or by go test ./exercises/UNIT.

Begin with watch, in a terminal beside your editor.

What the command remembers lies in the folder .course of this clone, which Git
ignores. Deleting it loses your place in the hints, what you have mended, and
when you passed; all else is graded again.

Exit statuses: 0 all is well, 1 something does not pass, 2 wrong use, 3 could not
grade.

To have the command under a short name, and your shell complete verbs, units and
scenarios:

  go build -o ~/bin/course ./tools/course
  source <(course completion bash)        # or zsh; see completion zsh --help`
