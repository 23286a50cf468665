// Package result has what grading a program came to, and all its forms: the page
// that a learner reads, the board, the canonical JSON, JUnit.
//
// [Result] is the canonical form; every other one is made from it, and each loses
// something. A scenario that could not be graded is an error in all of them: never
// a pass, and never a fault of the learner's. What is said of one failure is made
// in package record. A new form of the result is a new file here, such as
// junit.go, and a name in `course grade`.
package result
