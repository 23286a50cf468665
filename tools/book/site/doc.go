// Package site prepares the chapters for mdBook. Everything in chapters/ reads
// well as it stands, on GitHub and in an editor; what the site needs in
// addition is added here, while mdBook builds it, and nowhere else.
//
// It is a preprocessor (see "Preprocessors" in mdBook's documentation): mdBook
// starts it, writes the book as JSON to its standard input and reads the changed
// book from its standard output. It
//
//   - takes away the directives that tell weave where a block comes from;
//   - turns links that leave chapters/, and the names of files in the prose,
//     into links that lead somewhere on the site;
//   - gives a unit's chapter its number, its part and its hours, and links to the
//     chapters beside it;
//   - folds what a reader should not meet before an attempt of their own: our
//     answer, programs that solve an exercise, and hints, one in another;
//   - cuts the rows of reports, so that a phone can fold their words.
//
// Loopback.css and loopback.js do the rest, in the reader's browser.
//
// Where they lead is said in book.toml:
//
//	[preprocessor.loopback]
//	repository = "https://HOST/OWNER/NAME/blob/main"
//
// Without that line, as long as the course has no published address, the site
// is whole by itself: the files that chapters name become pages of the book, in
// a part of its own at the end.
//
// A second setting there, epub, is where the first page links to for the book as an EPUB
// file: tools/book/epub makes it, and whatever publishes the site puts it there.
//
// The JSON is handled as it comes: only "Chapter" objects are looked into, so a
// new version of mdBook that adds or renames something else changes nothing.
package site
