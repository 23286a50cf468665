package weave

import (
	"go/token"
	"go/types"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// A vocabulary is what the Go names in a chapter's prose can mean.
type vocabulary struct {
	programs []*program        // the solution, and the wrong programs that are shown
	imports  map[string]string // of all these programs
	words    map[string]bool   // in the blocks and the scenarios: names of data
}

// checkNames checks that the names in backticks that look like Go exist. A
// page that is no unit's chapter has no program to look them up in.
func (b *book) checkNames(p *page) {
	if p.unit == "" {
		return
	}
	v := b.vocabulary(p)
	for _, s := range p.spans {
		if why := v.check(s.text); why != "" {
			b.report(p.file, s.line, "`%s`: %s", s.text, why)
		}
	}
}

func (b *book) vocabulary(p *page) *vocabulary {
	v := &vocabulary{imports: map[string]string{}, words: map[string]bool{}}
	files := []string{path.Join("solutions", p.unit, "main.go")}
	for _, bl := range p.blocks {
		if bl.kind == "wrong" {
			rel, _, _ := strings.Cut(bl.args, "#")
			files = append(files, path.Join(path.Dir(p.file), rel))
		}
		if bl.kind != "code" && bl.kind != "wrong" && bl.kind != "diff" {
			v.addWords(bl.lines)
		}
	}
	for _, f := range slices.Compact(files) {
		prog, err := b.program(f)
		if err != nil {
			continue // its block says so
		}
		v.programs = append(v.programs, prog)
		for name, from := range prog.imports {
			v.imports[name] = from
		}
	}
	for _, name := range b.scenarios[p.unit] {
		if text, err := b.text(path.Join("testdata", p.unit, name+".txtar")); err == nil {
			v.addWords(splitLines(string(text)))
		}
	}
	for _, q := range b.pages {
		if name := b.programName(q.unit); name != "" {
			v.words[name] = true
		}
	}
	for _, w := range tools {
		v.words[w] = true
	}
	return v
}

var usageLine = regexp.MustCompile(`^//\t([a-z0-9-]+)`)

// programName returns the name by which the texts call a unit's program: the
// first word of the usage line in a doc comment, of main.go or of a file that
// is given beside it.
func (b *book) programName(unit string) string {
	if unit == "" {
		return ""
	}
	files, _ := filepath.Glob(filepath.Join(b.root, "solutions", unit, "*.go"))
	for _, name := range append([]string{"main.go"}, baseNames(files)...) {
		prog, err := b.program(path.Join("solutions", unit, name))
		if err != nil {
			continue
		}
		for _, l := range prog.lines {
			if m := usageLine.FindStringSubmatch(l); m != nil {
				return m[1]
			}
		}
	}
	return ""
}

func baseNames(files []string) []string {
	names := make([]string, len(files))
	for i, f := range files {
		names[i] = filepath.Base(f)
	}
	return names
}

// addWords adds the words in lower case of these lines.
func (v *vocabulary) addWords(ls []string) {
	for _, l := range ls {
		for w := range strings.FieldsFuncSeq(l, func(r rune) bool { return !unicode.IsLetter(r) && r != '_' && !unicode.IsDigit(r) }) {
			if w == strings.ToLower(w) {
				v.words[w] = true
			}
		}
		for w := range strings.FieldsSeq(l) {
			if hyphened.MatchString(w) {
				v.words[w] = true
			}
		}
	}
}

var (
	goCommand = regexp.MustCompile(`^go (build|env|help|mod|run|test|tool|vet)\b`)
	oneName   = regexp.MustCompile(`^[A-Za-z_]\w*$`)
	hyphened  = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)+$`)
	command   = regexp.MustCompile(`^[a-z]\w*$`)
	hasLower  = regexp.MustCompile(`^[A-Z].*[a-z]`)
	selector  = regexp.MustCompile(`(?:^|[^\w./*-])\*?([A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+)`)
	callee    = regexp.MustCompile(`(?:^|[^\w.])([A-Za-z_]\w*)(?:\(|\[|\+\+)`)
	fileName  = regexp.MustCompile(`\.(go|txt|md|txtar|png|html|toml|mod)$`)
)

// check says what is wrong with the names in a piece of code, "" when nothing
// is. It looks at names with a dot, at names that are called, and at names
// that stand alone; all else may be a command, an option or data.
func (v *vocabulary) check(code string) string {
	if oneName.MatchString(code) {
		return v.alone(code)
	}
	if hyphened.MatchString(code) && !unitName.MatchString(code) && !v.words[code] {
		return "no program, no verdict and no other word of the unit's blocks and scenarios" + suggest("", code, v.hyphened())
	}
	if first, _, more := strings.Cut(code, " "); more && command.MatchString(first) {
		if why := v.alone(first); why != "" || goCommand.MatchString(code) || !token.IsKeyword(first) && v.words[first] && !v.declared(first) {
			return why // a command: what follows is not Go
		}
	}
	if m := selector.FindStringSubmatch(code); m != nil && m[0] == code && !fileName.MatchString(code) {
		return v.selected(strings.Split(code, "."), true)
	}
	for _, m := range selector.FindAllStringSubmatch(code, -1) {
		if fileName.MatchString(m[1]) || strings.Contains(code, "://") {
			continue
		}
		if why := v.selected(strings.Split(m[1], "."), false); why != "" {
			return why
		}
	}
	for _, m := range callee.FindAllStringSubmatch(code, -1) {
		if why := v.alone(m[1]); why != "" {
			return why
		}
	}
	return ""
}

// declared reports whether the chapter's programs use the name.
func (v *vocabulary) declared(name string) bool {
	return slices.ContainsFunc(v.programs, func(p *program) bool { return p.idents[name] })
}

// alone checks a name that stands without a dot.
func (v *vocabulary) alone(name string) string {
	switch {
	case v.declared(name), token.IsKeyword(name), types.Universe.Lookup(name) != nil, v.words[name]:
		return ""
	case !token.IsExported(name):
		return "neither Go nor the unit's programs, blocks and scenarios have this word" +
			suggest("", name, v.known()) + " (a tool is to be named in tools/weave/words.go)"
	case !hasLower.MatchString(name):
		return "" // A, SOCK_STREAM, PORT: other people's names
	}
	for _, from := range v.imports {
		if standard(from).anywhere(name) {
			return ""
		}
	}
	return "neither the chapter's programs nor a package that they import has this name" + suggest("", name, v.knownExported())
}

// hyphened returns the known words with hyphens, for a hint.
func (v *vocabulary) hyphened() []string {
	var words []string
	for w := range v.words {
		if hyphened.MatchString(w) {
			words = append(words, w)
		}
	}
	return words
}

// known returns the names of the chapter's programs, for a hint.
func (v *vocabulary) known() []string {
	var names []string
	for _, p := range v.programs {
		for n := range p.idents {
			names = append(names, n)
		}
	}
	return names
}

func (v *vocabulary) knownExported() []string {
	names := v.known()
	for _, from := range v.imports {
		if l := standard(from); l != nil {
			names = append(names, l.exported()...)
			for m := range l.members {
				if _, name, _ := strings.Cut(m, "."); token.IsExported(name) {
					names = append(names, name)
				}
			}
		}
	}
	return slices.DeleteFunc(names, func(n string) bool { return !token.IsExported(n) })
}

// selected checks a name with dots: "net.Listen", "conn.CloseWrite",
// "os.Stdout.Write". Whole says that nothing else stands in the backticks, so
// that it can hardly be a host or a file.
func (v *vocabulary) selected(parts []string, whole bool) string {
	x, name := parts[0], parts[1]
	if ts, ok := receivers[x]; ok {
		return member(x, ts, name)
	}
	if l := v.library(x); l != nil {
		if !token.IsExported(name) || !l.names[name] {
			return "package " + x + " has no " + name + suggest(x+".", name, l.exported())
		}
		if len(parts) == 2 {
			return ""
		}
		if ts, ok := receivers[x+"."+name]; ok {
			return member(x+"."+name, ts, parts[2])
		}
		if l.has(name, parts[2]) {
			return ""
		}
		return x + "." + name + " has no " + parts[2] + suggest(x+"."+name+".", parts[2], l.of(name))
	}
	if v.declared(x) && v.declared(name) {
		return ""
	}
	if !whole && !token.IsExported(name) && !v.declared(x) {
		return ""
	}
	return "neither a package nor a value that the chapter's programs have; if the prose means a value, name its type in tools/weave/words.go"
}

// member checks that one of the types, written "net.Conn", has the name.
func member(x string, ts []string, name string) string {
	var all []string
	for _, t := range ts {
		pkg, typ, _ := strings.Cut(t, ".")
		l := standard(pkg)
		if l.has(typ, name) {
			return ""
		}
		if l != nil {
			all = append(all, l.of(typ)...)
		}
	}
	return strings.Join(ts, " and ") + " have no " + name + suggest(x+".", name, all)
}

// library returns the package that x means: as the chapter's programs import
// it, or else the standard one of that name.
func (v *vocabulary) library(x string) *library {
	if from, ok := v.imports[x]; ok {
		return standard(from)
	}
	if from, ok := nested[x]; ok {
		return standard(from)
	}
	if v.declared(x) {
		return nil
	}
	return standard(x)
}
