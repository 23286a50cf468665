// Package epub makes an EPUB file of the book, by pandoc, which is told how by book.yaml
// and book.lua:
//
//	pandoc --defaults tools/book/epub/book.yaml
//
// The chapters are taken as they stand. The parts, the order and the names come from
// chapters/SUMMARY.md. A page that is no chapter of the book, such as a file of the
// course or a translation, has no place in it, and links to it become text. A link to a
// heading that is not there is an error.
package epub
