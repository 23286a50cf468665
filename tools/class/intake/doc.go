// Package intake reads what was handed in: a folder of folders, of zip archives
// or of clones, as they are and as Gradescope and Classroom 50 give them.
//
// A submission is read into memory and never unpacked: only Go files are
// taken, of the folder that holds the program. What else lies there is named,
// and an archive that no tool for archives should have made is refused.
package intake
