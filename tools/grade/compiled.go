package grade

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"loopback/tools/base/disk"
	"loopback/tools/engine/build"
	"loopback/tools/engine/scenario"
)

// built is a program that was compiled, and the Go files that it was made from.
type built struct {
	exe   string
	files []string
	left  []string    // what lies beside them in the folder and was not taken
	once  *build.Once // of a grading that keeps nothing, or nil
}

func (b *built) close() {
	if b.once != nil {
		b.once.Close()
	}
}

// buildFor compiles the program in folder. A private one is compiled from copies and
// kept for this grading alone. The result has to be closed, with an error, too.
func buildFor(ctx context.Context, u *scenario.Unit, folder string, race, private bool) (*built, error) {
	if private {
		once, err := build.Private(ctx, u, folder, race)
		return &built{exe: once.Exe, files: once.Files, left: once.Left, once: once}, err
	}
	exe, err := build.Program(ctx, u, folder, race)
	if err != nil {
		return &built{}, err
	}
	files, err := build.Files(u, folder)
	return &built{exe: exe, files: files}, err
}

// inputsOf returns a hash over the Go files of a folder that cannot be built.
func inputsOf(folder string) string {
	files, _ := build.GoFiles(folder)
	files = slices.DeleteFunc(files, func(f string) bool { return !disk.IsFile(f) })
	return disk.Fingerprint(files)
}

// linkedInto says what is linked into the program that these files make up.
func linkedInto(u *scenario.Unit, files []string) func(context.Context, []string) (map[string][]string, error) {
	return func(ctx context.Context, packages []string) (map[string][]string, error) {
		return build.Linked(ctx, u.Root, files, packages)
	}
}

// mostLeft is how many of the files that were not taken are named.
const mostLeft = 10

// notTaken is the flag that says what of a submission was not taken; none when that
// is nothing.
func notTaken(left []string) []string {
	if len(left) == 0 {
		return nil
	}
	var names []string
	for _, name := range left[:min(len(left), mostLeft)] {
		if quoted := strconv.Quote(name); quoted != `"`+name+`"` {
			name = quoted // a name may hold anything
		}
		names = append(names, name)
	}
	text := "not taken: " + strings.Join(names, ", ")
	if more := len(left) - mostLeft; more > 0 {
		text += " and " + strconv.Itoa(more) + " more"
	}
	return []string{text}
}
