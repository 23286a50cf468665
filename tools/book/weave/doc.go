// Package weave checks that the text of the course is woven from its code:
// every block of the chapters says where it comes from, in an HTML comment
// directly above its fence, and must still be what is there. The code itself
// holds no markers: a block is found by the name of its declaration, and a part
// of a declaration by its own text.
//
//	<!-- code: FILE#NAME -->          a whole declaration with its doc comment, of a solution
//	                                  or of an example (testdata/UNIT/example/NAME/main.go)
//	<!-- code: FILE#NAME part -->     lines of it, dedented; "// ..." marks a gap
//	<!-- code: FILE#package -->       from the top of the file through its imports
//	<!-- wrong: FILE#NAME part -->    the same, from a program that is meant to fail
//	<!-- diff: OLD NEW -->            the computed difference of two files
//	<!-- scenario: FILE -->           the script of a scenario
//	<!-- report: FILE -->             a recorded report of the grader
//	<!-- measured: FILE -->           a recorded table of figures: its shape is checked
//	<!-- console: NAME -->            a session, which package terminal runs
//	<!-- picture: UNIT/SCENARIO -->   above an image: what happens on the wire
//	<!-- curve: FILE.csv -->          above an image: measured figures, which it is drawn from
//	<!-- timeline: UNIT/SCENARIO -->  the same as text; package picture runs both
//	<!-- write: FILE -->              a file that an author writes
//	<!-- change: FROM TO -->          a file that is another one with changes
//	<!-- author: NAME -->             commands of an author, and what they print; these three
//	                                  are carried out by a test of tools/course
//	<!-- plain: REASON -->            a sketch, the only kind that nothing checks
//
// It also checks that nothing of the answer stands above the exercise, that every
// line that the learner writes is shown below it, that every question has an
// answer, that Go names in the prose exist, that scenarios and chapters name
// each other, that links and their fragments lead somewhere, that each term is
// defined in one place, to which the glossary leads, and that SUMMARY.md is up
// to date.
//
// It does not judge style, it runs nothing, and it never writes prose. Start
// with [Check]; [Fix] rewrites everything that can be generated.
package weave
