// Package grade is the door to the grader: it runs a program through the scenarios
// of a unit, and says in words a beginner understands what became of it.
//
// There are two doors. The learner's mirror is `go test ./exercises/...`: each
// exercise's grade_test.go calls [Main] and [Run], and the learner's main function
// runs as a process of its own, started from the test binary. The instructor's
// door is [GradeFolder], or [GradeCommand] for any executable: it links nothing of
// the learner's, and is the only one that gives marks.
//
// What is behind the doors has rooms of its own: a unit's files are read by
// package scenario, one scenario is played by package play, a folder becomes an
// executable in package build, and all that is said of the outcome is in packages
// result and record.
//
// The grader knows no unit by name and no chapter: all it knows of a unit are the
// scenario files in testdata.
package grade
