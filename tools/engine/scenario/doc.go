// Package scenario reads the files that a unit is graded by: the headers and the
// script of each scenario, and the sections of help behind it.
//
// It runs nothing: that is package play. What a section of help may ask of the
// evidence is package facts. Start with [LoadUnit].
package scenario
