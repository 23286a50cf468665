package scenario

import (
	"errors"
	"fmt"
	"iter"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"

	"loopback/tools/base/nearest"
)

// A Word is a command of scripts, as far as a script can be read without being played.
type Word struct {
	Name  string
	Sets  []string // the variables that a line with it sets; NAME is an argument of that line, N a number
	Fills bool     // variables in quotes are replaced, too
}

// words has all words by their names. Where it is nil nothing is played, and no script is looked at.
var words map[string]Word

// Speak makes known which words there are, before the first scenario is read.
func Speak(all []Word) {
	words = map[string]Word{}
	for _, w := range all {
		words[w.Name] = w
	}
}

// proofread finds a command that there is not, and a variable that no line before has set. Such a
// mistake is the scenario's, whatever the program does, and needs no program to be found.
func (sc *Scenario) proofread(lines []string) error {
	if words == nil {
		return nil
	}
	known := map[string]bool{"unique": true, "$": true}
	if sc.Patience > 0 {
		known["patience"] = true
	}
	for i, line := range lines {
		args, used, err := split(line)
		if err == nil {
			err = unknown(args, used, known)
		}
		if err != nil {
			return fmt.Errorf("%s:%d: %w", sc.File, i+1, err)
		}
		learn(args, known)
	}
	return nil
}

// unknown says which word or variable of a line there is not.
func unknown(args, used []string, known map[string]bool) error {
	if len(args) == 0 {
		return nil
	}
	word, ok := words[args[0]]
	if !ok {
		return fmt.Errorf("unknown command %q%s", args[0], suggest(args[0], "%q", maps.Keys(words)))
	}
	if word.Fills {
		used = Variables(strings.Join(args, " "))
	}
	for _, name := range used {
		if !known[name] && !known[numbered.ReplaceAllString(name, "_N")] {
			return fmt.Errorf("there is no variable $%s%s", name, suggest(name, "$%s", maps.Keys(known)))
		}
	}
	return nil
}

var (
	identifier = regexp.MustCompile(`^[A-Za-z]\w*$`)
	numbered   = regexp.MustCompile(`_[0-9]+$`)
)

// learn adds what a line sets to what is known behind it.
func learn(args []string, known map[string]bool) {
	if len(args) == 0 {
		return
	}
	for _, name := range words[args[0]].Sets {
		if !strings.Contains(name, "NAME") {
			known[name] = true
			continue
		}
		for _, arg := range args[1:] {
			if identifier.MatchString(arg) {
				known[strings.Replace(name, "NAME", arg, 1)] = true
			}
		}
	}
}

// suggest is the end of a message about a name that there is not.
func suggest(name, format string, names iter.Seq[string]) string {
	best := nearest.Name(name, slices.Collect(names))
	if best == "" {
		return ""
	}
	return fmt.Sprintf(" (did you mean "+format+"?)", best)
}

// split cuts a line into words as the player does, and leaves variables in them as they are. Used
// are the variables outside of quotes. Conditions such as [linux] and a "!" are no words.
func split(line string) (args, used []string, err error) {
	for text := line; ; {
		text = strings.TrimLeft(text, " \t\r")
		if text == "" || text[0] == '#' {
			return args, used, nil
		}
		arg, names, rest, err := next(text)
		if err != nil {
			return nil, nil, err
		}
		if len(args) > 0 || arg != "!" && !strings.HasPrefix(arg, "[") {
			args = append(args, arg)
		}
		used, text = append(used, names...), rest
	}
}

// next takes the first word from a text that begins with one.
func next(text string) (arg string, used []string, rest string, err error) {
	for text != "" && !strings.ContainsRune(" \t\r#", rune(text[0])) {
		if text[0] == '\'' {
			quoted, behind, ok := strings.Cut(text[1:], "'")
			if !ok {
				return "", nil, "", errors.New("unterminated quoted argument")
			}
			arg, text = arg+quoted, behind
			continue
		}
		end := strings.IndexAny(text, " \t\r#'")
		if end < 0 {
			end = len(text)
		}
		arg, used, text = arg+text[:end], append(used, Variables(text[:end])...), text[end:]
	}
	return arg, used, text, nil
}

// Variables returns the names in a text such as "$server ${P_1}".
func Variables(text string) (names []string) {
	os.Expand(text, func(name string) string {
		names = append(names, name)
		return ""
	})
	return names
}
