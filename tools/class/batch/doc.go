// Package batch grades a whole class: every submission in a folder, for every
// unit that it is for.
//
// Each grading is a process of its own in a box (package box) with a deadline,
// and the batch outlives it whatever the program does. Programs are compiled
// before, each in a box of its own, where nothing of them runs. What all of a box
// takes has a bound. What a grading came to is written as soon as it is known, whole or not at all, so that a batch
// that was interrupted goes on where it was: see [Options.Resume].
package batch
