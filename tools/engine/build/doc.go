// Package build makes an executable of the program in a folder, with the files that
// its unit gives beside it, and keeps executables so that what did not change is
// not linked again. Nothing of the folder is run.
package build
