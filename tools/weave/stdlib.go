package weave

import (
	"bytes"
	"go/build"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
)

// A library is what one package of the standard library declares, on all
// systems. It is read from the formatted source by the form of the lines, in
// which whatever is declared at the top begins in the first column: a parser
// would take longer for package net alone than everything else here.
type library struct {
	names   map[string]bool // functions, types, variables, constants
	members map[string]bool // "TCPConn.CloseWrite", "Dialer.Timeout"
	parents map[string][]string
}

// libraries holds the packages that have been read. They do not change while
// a process lives.
var libraries sync.Map

// goroot returns the folder of the Go that runs the checks.
var goroot = sync.OnceValue(func() string {
	if dir := build.Default.GOROOT; dir != "" {
		return dir
	}
	out, _ := exec.Command("go", "env", "GOROOT").Output() // built with -trimpath
	return strings.TrimSpace(string(out))
})

// standard returns a package by its path, nil when there is none.
func standard(path string) *library {
	if l, ok := libraries.Load(path); ok {
		return l.(*library)
	}
	dir := filepath.Join(goroot(), "src", filepath.FromSlash(path))
	entries, _ := os.ReadDir(dir)
	var l *library
	for _, e := range entries {
		if !strings.HasSuffix(e.Name(), ".go") || strings.HasSuffix(e.Name(), "_test.go") {
			continue
		}
		src, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			continue
		}
		if l == nil {
			l = &library{map[string]bool{}, map[string]bool{}, map[string][]string{}}
		}
		l.read(src)
	}
	libraries.Store(path, l)
	return l
}

var (
	topFunc   = regexp.MustCompile(`^func (?:\((?:\w+ )?\*?(\w+)(?:\[.*?\])?\) )?(\w+)`)
	topName   = regexp.MustCompile(`^(?:type|var|const) (\w+)`)
	groupName = regexp.MustCompile(`^\t(\w+)`)
	typeBody  = regexp.MustCompile(`^(?:type |\t)(\w+)(?:\[.*\])? (?:struct|interface) \{$`)
	fieldName = regexp.MustCompile(`^\t+(\w+(?:, \w+)*)[ (]`)
	embedded  = regexp.MustCompile(`^\t+\*?([\w.]+)$`)
)

// read notes what a file declares.
func (l *library) read(src []byte) {
	group, typ := false, "" // inside of var ( ... ), or of this type's braces
	for line := range bytes.Lines(src) {
		s := strings.TrimRight(string(cutComment(line)), " \t\n")
		switch {
		case s == "":
		case s == ")" || s == "}":
			group, typ = false, ""
		case typ != "":
			l.member(typ, s)
		case strings.HasPrefix(s, "func "):
			if m := topFunc.FindStringSubmatch(s); m != nil && m[1] != "" {
				l.members[m[1]+"."+m[2]] = true
			} else if m != nil {
				l.names[m[2]] = true
			}
		case s == "const (" || s == "var (" || s == "type (":
			group = true
		case group && s[0] == '\t':
			if m := groupName.FindStringSubmatch(s); m != nil {
				l.names[m[1]] = true
			}
		default:
			if m := topName.FindStringSubmatch(s); m != nil {
				l.names[m[1]] = true
			}
			if m := typeBody.FindStringSubmatch(s); m != nil && s[0] != '\t' {
				typ = m[1]
			}
		}
	}
}

// cutComment cuts the comment at a line's end; a comment mark within a string
// cuts too much, and nothing that is declared.
func cutComment(line []byte) []byte {
	before, _, _ := bytes.Cut(line, []byte("//"))
	return before
}

// member notes a line of a struct or an interface.
func (l *library) member(typ, line string) {
	if m := embedded.FindStringSubmatch(line); m != nil {
		l.parents[typ] = append(l.parents[typ], m[1])
		return
	}
	if m := fieldName.FindStringSubmatch(line); m != nil {
		for name := range strings.SplitSeq(m[1], ", ") {
			l.members[typ+"."+name] = true
		}
	}
}

// has reports whether the exported type typ has a method or a field name, its
// own or that of an embedded type.
func (l *library) has(typ, name string) bool {
	if l == nil {
		return false
	}
	if l.members[typ+"."+name] {
		return true
	}
	for _, parent := range l.parents[typ] {
		if parent == "error" && name == "Error" {
			return true
		}
		pkg, t, found := strings.Cut(parent, ".")
		if found && standard(pkg).has(t, name) || !found && l.has(parent, name) {
			return true
		}
	}
	return false
}

// anywhere reports whether name is exported by the package, as a name or as a
// member of any type.
func (l *library) anywhere(name string) bool {
	if l == nil || !token.IsExported(name) {
		return false
	}
	if l.names[name] {
		return true
	}
	for m := range l.members {
		if strings.HasSuffix(m, "."+name) {
			return true
		}
	}
	return false
}

// exported returns the names that a program can use.
func (l *library) exported() []string {
	var names []string
	for n := range l.names {
		if token.IsExported(n) {
			names = append(names, n)
		}
	}
	return names
}

// of returns the exported members of a type, without those of embedded types.
func (l *library) of(typ string) []string {
	var names []string
	for m := range l.members {
		if name, ok := strings.CutPrefix(m, typ+"."); ok && token.IsExported(name) {
			names = append(names, name)
		}
	}
	return names
}
