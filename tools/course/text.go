package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"loopback/tools/base/problem"
	"loopback/tools/book/picture"
	"loopback/tools/book/terminal"
	"loopback/tools/book/weave"
)

// checkText compares the chapters with the code and runs what they show. It
// prints the problems and returns how many there are.
func checkText(ctx context.Context, dir string, fix bool) (int, error) {
	if fix {
		if err := rewrite(ctx, dir); err != nil {
			return 0, err
		}
	}
	note := func(what string) { fmt.Fprintln(os.Stderr, what) }
	return compareText(dir) + runText(ctx, dir, note), nil
}

// compareText compares the chapters with their sources and runs nothing.
func compareText(dir string) int {
	problems := weave.Check(dir)
	for _, p := range problems {
		fmt.Println(p)
	}
	return len(problems)
}

// runText runs the terminal sessions of all chapters and plays the scenarios of
// their pictures. What could not be run here is printed and not counted.
func runText(ctx context.Context, dir string, note func(what string)) int {
	found := 0
	tell := func(p problem.Problem) {
		fmt.Println(p)
		if !p.Skipped {
			found++
		}
	}
	chapters, err := filepath.Glob(filepath.Join(dir, "chapters", "*.md"))
	if err != nil || len(chapters) == 0 {
		fmt.Println("chapters: no pages here")
		return 1
	}
	for _, file := range chapters {
		note("terminal sessions: " + filepath.Base(file))
		for _, p := range terminal.Chapter(ctx, dir, filepath.Join("chapters", filepath.Base(file))) {
			tell(p)
		}
	}
	note("pictures")
	for _, p := range picture.Check(ctx, dir) {
		tell(p)
	}
	return found
}

// rewrite writes what can be written and says which files it changed. Pictures
// come last: they are drawn for the pages as they then are.
func rewrite(ctx context.Context, dir string) error {
	changed, err := weave.Fix(dir)
	if err == nil {
		var drawn []string
		drawn, err = picture.Fix(ctx, dir)
		changed = append(changed, drawn...)
	}
	for _, file := range changed {
		fmt.Fprintln(os.Stderr, "written:", file)
	}
	return err
}
