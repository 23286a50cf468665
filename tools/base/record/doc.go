// Package record owns what happened while a program was graded, as values, and
// every form in which that is shown.
//
// First come the values: an [Event] is one row of what went over the wire, a
// [Verdict] is why a scenario failed, and what they say in words is a [Phrase],
// whose addresses, ports, counts and quotations are still such. Text comes
// last: [Draw] and [Rows] make timelines, [Steps] and [Picture] those without
// times, [Failure] a report, and [Names] the canonical form of all of them, in
// which nothing is left that differs from run to run. So no text that is made
// here has to be read again.
package record
