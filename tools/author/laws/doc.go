// Package laws checks that the course keeps its own laws: names, files, stubs
// that say they are unsolved, solutions and right variants that pass, wrong
// programs that are failed by the scenario meant for them, with the report
// their author would see.
//
// It discovers everything from the tree; nothing is listed anywhere. Each law
// returns [problem.Problem] values, with the file and line to mend. Start with [Check];
// [Soak] repeats the verdicts on a burdened machine and counts wrong ones.
package laws
