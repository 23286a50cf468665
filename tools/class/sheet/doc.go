// Package sheet writes what a class came to: a page for each learner, tables for
// a gradebook, a list of what a person must look at, and a page about the class.
//
// All of it is made from the canonical results that lie in the folder, and from
// nothing else, so it can be written again at any time, to the same bytes.
package sheet
