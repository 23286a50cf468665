package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/kballard/go-shellquote"
)

// aCommand matches a call of this command: in the text, between backquotes, or
// a line of a block.
var aCommand = regexp.MustCompile("`(course [^`]*)`|(?m)^\\./(course .*)$")

// TestInstructorsPage: every command on the page for instructors exists, with its
// flags, and takes so many arguments.
func TestInstructorsPage(t *testing.T) {
	dir, err := root()
	if err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(filepath.Join(dir, "chapters", "instructors.md"))
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for _, m := range aCommand.FindAllStringSubmatch(string(data), -1) {
		line := strings.ReplaceAll(m[1]+m[2], "\n", " ")
		words, err := shellquote.Split(line)
		if err != nil {
			t.Errorf("%s: %v", line, err)
			continue
		}
		found++
		verb, args, err := newCourse().Find(words[1:])
		if err == nil {
			err = verb.ParseFlags(args)
		}
		if err == nil && verb.Name() == "course" {
			err = os.ErrNotExist
		}
		if err == nil && verb.Args != nil && len(verb.Flags().Args()) > 0 {
			err = verb.Args(verb, verb.Flags().Args())
		}
		if err != nil {
			t.Errorf("%s: %v", line, err)
		}
	}
	if found < 10 {
		t.Errorf("only %d commands were found", found)
	}
}
