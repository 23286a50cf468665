package convert

import (
	"fmt"
	"path"
	"strings"

	"loopback/tools/engine/result"
)

// github is one annotation, a workflow command of GitHub Actions: for what the
// compiler said, or for the first scenario that failed. GitHub shows ten of a
// kind in each step, so there is one for each unit; the rest is in markdown,
// for the summary of the job.
func github(r *result.Result, o Options) ([]byte, error) {
	file := path.Join("exercises", r.Unit, "main.go")
	switch r.Status {
	case result.CouldNotGrade:
		return command("warning", "", r.Unit+": could not grade",
			"This is not a mark: "+strings.Join(r.Flags, "; ")), nil
	case result.NotBuilt:
		return command("error", file, r.Unit+": does not compile", r.Build.Output), nil
	}
	for _, t := range r.ForLearner(o.Feedback).Tests {
		if failed(t) {
			return command("error", file, r.Unit+": "+name(t), told(t)), nil
		}
	}
	return command("notice", file, r.Unit, fmt.Sprintf("%d of %d points", r.Score, r.MaxScore)), nil
}

// command is one workflow command. What ends it, or one of its properties, is
// escaped as GitHub's toolkit does.
func command(kind, file, title, message string) []byte {
	data := strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	property := strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
	at := ""
	if file != "" {
		at = "file=" + property.Replace(file) + ","
	}
	return fmt.Appendf(nil, "::%s %stitle=%s::%s\n", kind, at, property.Replace(title), data.Replace(message))
}
