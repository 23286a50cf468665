// Package picture runs the scenarios of which the chapters show pictures, and
// compares what happens with what was drawn.
//
// Where a picture stands, and what its directive means, is said by package
// weave; how it is drawn, by package wire. Two runs of a scenario differ in
// their times and addresses. A picture has no times, and its addresses are
// numbered in the order in which they appear: those that somebody listens at
// from 127.0.0.1:40001 on, those that connections come from 127.0.0.1:50001 on.
// So are identifiers of eight hexadecimal digits that programs draw at random:
// 1d000001, 1d000002.
// All else must be equal byte for byte, so that a drawing and its text are
// exactly what this course does today.
//
// So a scenario is a good subject when it does the same each time, on each
// machine. One whose program has a timer is not, and neither is one that fills
// the buffers of the kernel.
//
// Start with [Check]; [Fix] draws again.
package picture

import "loopback/tools/base/called"

// fixCommand draws all pictures anew.
var fixCommand = called.Command() + " weave --fix"
