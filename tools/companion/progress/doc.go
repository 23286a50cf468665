// Package progress keeps what a learner has reached in one clone of the
// course: the result of each exercise, how far its hints were read, which
// exercises have ever passed, and where the learner is.
//
// All of it lies in the folder .course at the root of the clone, which Git
// ignores. So a clone that is moved takes it along, a second clone has its own,
// and nothing outside of the course is written to.
//
//	.course/results/UNIT.json   found out by grading; can be found out again
//	.course/race/UNIT.json      the same with the race detector, see [grade.Detected]
//	.course/learner.json        cannot be found out again, so there is a copy
//	.course/learner.json.bak    of how it was before the last change
//
// A result is kept under a key over all that it comes from (see
// [grade.Key]); when any of it changes the exercise is graded again. A
// file that cannot be read is told in a line ([Store.Notes]), set aside, never
// thrown away. Start with [Open] and [Grader].
package progress
