// Package wine grades programs of the course as Windows programs, under Wine: references
// many times, and wrong programs by the scenario that is meant for each. No reference
// fails; a wrong program fails, or the scenario is left out by name.
//
//	go test ./tools/author/wine -full -timeout 2h
//
// The command of the course and the programs are compiled here, for Windows; Wine only
// runs them. It is not Windows. What it does otherwise is shown by the program in
// testdata/faults, and mended, for these programs alone, in a copy of a few lines of Go's
// own library. So what is found here beside that is most likely the course's.
package wine

// Units are the numbers of the units whose programs are graded.
const Units = "00,01,02,04"
