// Package elsewhere checks what grading comes to on a system whose kernel shows less
// than Linux does: no reference fails there, and what wrong programs are still caught is
// recorded, in a list that only grows.
//
// [Table] is what the pages for readers say of it. The other tests are built with the
// tag noevidence, which leaves out all evidence but what a program uses of processor
// time, memory and TCP sockets:
//
//	go test -tags noevidence ./tools/author/elsewhere
//
// With -full all programs of the course are graded, which takes an hour of two
// processors; with -record, too, programs that are caught and not yet in the list
// are added to it.
package elsewhere
