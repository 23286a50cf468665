// Package grade is the engine: it runs a program under test through the
// scenarios of a unit, decides, and says why in words a beginner understands.
//
// There are two doors to it. The learner's mirror is `go test ./exercises/...`:
// each exercise's grade_test.go calls [Main] and [Run], and the learner's main
// function runs as a process of its own, started from the test binary. The
// instructor's door is [Grade]: it runs any executable, links nothing of the
// learner's, and is the only one that gives marks.
//
// A verdict is never given by the clock alone. A wait ends when what was
// waited for happens, or when the program is proved unable to move again
// without new input (see await.go). What could not be graded is an error,
// never a pass and never the learner's fault.
//
// The package knows no unit by name and no chapter: all it knows of a unit are
// the scenario files in testdata. Start with [Grade]; the scenario commands
// are in commands.go, the codes of verdicts in verdict.go, the text a learner
// reads in report.go.
package grade
