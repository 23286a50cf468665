package build

import "regexp"

// remedies are what the go command says where the machine keeps something from it,
// and what to do then. The program has no part in it.
var remedies = []struct {
	said *regexp.Regexp
	do   string
}{
	{regexp.MustCompile(`no space left on device|disk quota exceeded`),
		"make room on that disk, or set the variables TMPDIR and GOCACHE to folders on another"},
	{regexp.MustCompile(`too many open files`), "allow more open files, as with: ulimit -n 256"},
	{regexp.MustCompile(`failed to create new OS thread|[Rr]esource temporarily unavailable`),
		"allow more processes and threads (ulimit -u), or end some of yours"},
	{regexp.MustCompile(`build cache is required|failed to initialize build cache`),
		"set the variable HOME, or GOCACHE, to a folder that can be written"},
	{regexp.MustCompile(`module cache not found`),
		"set the variable HOME, or GOPATH, to a folder that can be written"},
	{regexp.MustCompile(`(?m)^go: downloading |module lookup disabled`),
		"fetch the modules of the course beforehand, where there is a network: go mod download"},
	{regexp.MustCompile(`read-only file system`),
		"set the variables GOCACHE, GOMODCACHE and TMPDIR to folders that can be written"},
}

// remedy returns what to do about a complaint of the go command's, behind a
// semicolon; "" when that is not known.
func remedy(output string) string {
	for _, r := range remedies {
		if r.said.MatchString(output) {
			return "; " + r.do
		}
	}
	return ""
}
