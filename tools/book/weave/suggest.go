package weave

import "loopback/tools/base/nearest"

// suggest returns "; did you mean PREFIXname?" for the name that is most like
// the one that was not found, and "" when none is like it.
func suggest(prefix, name string, names []string) string {
	best := nearest.Name(name, names)
	if best == "" {
		return ""
	}
	return "; did you mean " + prefix + best + "?"
}
