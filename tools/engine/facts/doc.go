// Package facts knows what is known when a scenario ends with a verdict, the
// [Evidence], and what a section of help may ask of it.
//
// Each [Kind] of fact has its name, its meaning for the reference page, and the
// question that it puts. None is read from the text of a report. A new fact goes
// into the file of its group; package play fills in the evidence.
package facts
