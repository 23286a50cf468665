package weave

import (
	"go/types"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"
)

// A vocabulary is what the Go names in a chapter's prose can mean: the packages
// that the chapter's programs import, and the variables that they declare.
type vocabulary struct {
	packages map[string]*types.Package // by the name that the programs use
	values   map[string][]types.Type   // by name: the types of the variables of that name
}

// selector matches a name with dots, such as net.Listen or conn.CloseWrite.
var selector = regexp.MustCompile(`(?:^|[^\w./*-])\*?([A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+)`)

// checkNames checks that the names with a dot that stand in backticks exist:
// those of packages, and those of the values that the chapter's programs have.
// It says only what the types prove. A page that is no unit's chapter has no
// program to look them up in.
func (b *book) checkNames(p *page) {
	if p.unit == "" {
		return
	}
	var v *vocabulary
	for _, s := range p.spans {
		for _, m := range selector.FindAllStringSubmatch(s.text, -1) {
			if v == nil {
				v = b.vocabulary(p)
			}
			if why := v.check(strings.Split(m[1], ".")); why != "" {
				b.report(p.file, s.line, "`%s`: %s", s.text, why)
			}
		}
	}
}

// vocabulary reads the types of the unit's solution, and of the wrong programs
// that the chapter shows.
func (b *book) vocabulary(p *page) *vocabulary {
	v := &vocabulary{packages: map[string]*types.Package{}, values: map[string][]types.Type{}}
	folders := []string{path.Join("solutions", p.unit)}
	for _, bl := range p.blocks {
		if bl.kind == "wrong" {
			file, _, _ := strings.Cut(bl.args, "#")
			folders = append(folders, path.Dir(path.Join(path.Dir(p.file), file)))
		}
	}
	for _, folder := range slices.Compact(folders) {
		v.add(b.typed(folder, p.unit))
	}
	return v
}

func (v *vocabulary) add(t *typed) {
	maps.Copy(v.packages, t.imports)
	for id, obj := range t.defs {
		if value, ok := obj.(*types.Var); ok {
			v.values[id.Name] = append(v.values[id.Name], value.Type())
		}
	}
}

// check says what is wrong with a name, given in its parts, "" when nothing is
// or nothing is known about it.
func (v *vocabulary) check(parts []string) string {
	x, name := parts[0], parts[1]
	if pkg := v.packages[x]; pkg != nil {
		obj := pkg.Scope().Lookup(name)
		switch {
		case obj == nil || !obj.Exported():
			return "package " + x + " has no " + name + suggest(x+".", name, exported(pkg))
		case len(parts) > 2 && !has([]types.Type{obj.Type()}, parts[2]):
			return x + "." + name + " has no " + parts[2] + suggest(x+"."+name+".", parts[2], members(obj.Type()))
		}
		return ""
	}
	ts := v.values[x]
	if len(ts) == 0 || has(ts, name) || len(members(ts[0])) == 0 {
		return "" // of a number, say: the prose means the value of another unit
	}
	return types.TypeString(ts[0], (*types.Package).Name) + " has no " + name + suggest(x+".", name, members(ts[0]))
}

// has reports whether one of the types has a field or method of that name. What
// is in an interface may be any type of its package that implements it: a
// net.Conn, for one, is most often a *net.TCPConn.
func has(ts []types.Type, name string) bool {
	for _, t := range ts {
		for _, candidate := range append(implementers(t), t) {
			if obj, _, _ := types.LookupFieldOrMethod(candidate, true, packageOf(t), name); obj != nil {
				return true
			}
		}
	}
	return false
}

func implementers(t types.Type) []types.Type {
	named, ok := types.Unalias(t).(*types.Named)
	if !ok || !types.IsInterface(t) || named.Obj().Pkg() == nil {
		return nil
	}
	var all []types.Type
	scope := named.Obj().Pkg().Scope()
	for _, name := range scope.Names() {
		if obj, ok := scope.Lookup(name).(*types.TypeName); ok && obj.Exported() && !types.IsInterface(obj.Type()) {
			if p := types.NewPointer(obj.Type()); types.Implements(p, named.Underlying().(*types.Interface)) {
				all = append(all, p)
			}
		}
	}
	return all
}

// packageOf returns the package in which a type is declared, whose names that
// are not exported a program of it may use.
func packageOf(t types.Type) *types.Package {
	if p, ok := types.Unalias(t).(*types.Pointer); ok {
		t = p.Elem()
	}
	if named, ok := types.Unalias(t).(*types.Named); ok {
		return named.Obj().Pkg()
	}
	return nil
}

func exported(pkg *types.Package) []string {
	return slices.DeleteFunc(pkg.Scope().Names(), func(n string) bool { return !pkg.Scope().Lookup(n).Exported() })
}

// members returns the names of a type's methods and fields, for a hint.
func members(t types.Type) []string {
	var names []string
	for _, candidate := range append(implementers(t), types.NewPointer(t), t) {
		for m := range types.NewMethodSet(candidate).Methods() {
			names = append(names, m.Obj().Name())
		}
	}
	if s, ok := t.Underlying().(*types.Struct); ok {
		for f := range s.Fields() {
			names = append(names, f.Name())
		}
	}
	return names
}
