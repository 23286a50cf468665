// Package mutants asks what a unit's scenarios would miss: it changes the reference program
// in one small place at a time, as a slip of a learner's would, and has each such mutant
// graded. One that passes is a line that no scenario needs, or a change that means nothing.
package mutants
