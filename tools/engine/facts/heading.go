package facts

import (
	"fmt"
	"strings"
	"unicode"
)

// A headWord is a word of a heading; what is in double quotes is one word.
type Word struct {
	Text   string
	quoted bool
}

func Words(head string) (words []Word, err error) {
	for head = strings.TrimSpace(head); head != ""; head = strings.TrimLeftFunc(head, unicode.IsSpace) {
		if rest, ok := strings.CutPrefix(head, `"`); ok {
			text, after, ok := strings.Cut(rest, `"`)
			if !ok {
				return nil, fmt.Errorf("a quotation does not end")
			}
			words, head = append(words, Word{text, true}), after
			continue
		}
		word, after, _ := strings.Cut(head, " ")
		words, head = append(words, Word{word, false}), after
	}
	return words, nil
}
