// Package play plays one scenario against a program: [Run].
//
// It starts the program in a process of its own, carries out the commands of the
// script, waits, judges what it sees, and leaves nothing behind. A verdict is never
// given by the clock alone. A wait ends when what was waited for happens, or when
// the program is proved unable to move again without new input (see scene/await.go).
// What could not be graded is an error, never a pass and never the learner's fault.
//
// Package scene is one scenario while it is played: its processes, its connections, its
// waits and its verdicts. Each of the other packages here is a family of commands, with
// their texts for the reference page; what a family knows of a scene lies with it (see
// [scene.Of]). commands.go lists the families. A new command is an entry in the list of
// its family.
package play
