package laws

import (
	"go/scanner"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"
)

// widest is how many columns a line of Go may have, where a tab has four.
const widest = 120

// TestColumns finds lines of Go that are too long to be read beside another
// window. Text in backquotes stays as it is, since its line breaks count.
func TestColumns(t *testing.T) {
	for _, dir := range []string{"exercises", "solutions", "testdata", "tools"} {
		filepath.WalkDir(filepath.Join("../../..", dir), func(file string, d fs.DirEntry, err error) error {
			if err != nil {
				t.Error(err)
			} else if filepath.Ext(file) == ".go" {
				columns(t, file)
			}
			return nil
		})
	}
}

func columns(t *testing.T, file string) {
	src, err := os.ReadFile(file)
	if err != nil {
		t.Error(err)
	}
	quoted := backquoted(src)
	for i, line := range strings.Split(string(src), "\n") {
		if n := utf8.RuneCountInString(line) + 3*strings.Count(line, "\t"); n > widest && !quoted[i+1] {
			t.Errorf("%s:%d: the line has %d columns; at most %d", file, i+1, n, widest)
		}
	}
}

// backquoted returns the lines of src that have text in backquotes.
func backquoted(src []byte) map[int]bool {
	f := token.NewFileSet().AddFile("", -1, len(src))
	var s scanner.Scanner
	s.Init(f, src, nil, 0)
	lines := map[int]bool{}
	for pos, kind, text := s.Scan(); kind != token.EOF; pos, kind, text = s.Scan() {
		for n := range strings.Count(text, "\n") + 1 {
			if kind == token.STRING && text[0] == '`' {
				lines[f.Line(pos)+n] = true
			}
		}
	}
	return lines
}
