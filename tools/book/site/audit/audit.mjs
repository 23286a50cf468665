// node audit.mjs BOOK [FILE ...] looks at a built book, and at further pages. Every
// page is valid HTML; axe finds nothing in one page of each kind, nor in FILE.
import { readFile, readdir } from "node:fs/promises";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { browse } from "./browser.mjs";
import { html } from "./html.mjs";

// One page of each kind: the first page, a chapter with our answer and reports, a
// scenario, a program. (404.html finds its scripts only where the site is served.)
const kinds = ["index.html", "02-echo-once.html", "files/testdata/00-setup/01-greeting.txtar.html",
  "files/solutions/00-setup/main.go.html"];

const [book, ...files] = process.argv.slice(2);
if (!book) {
  console.error("usage: node audit.mjs BOOK [FILE ...]");
  process.exit(2);
}
// print.html holds the other pages once more; toc.html is mdBook's own.
const pages = (await readdir(book, { recursive: true }))
  .filter(name => name.endsWith(".html") && !["print.html", "toc.html"].includes(name))
  .map(name => path.join(book, name));
if (pages.length < kinds.length) {
  console.error(`${book} has ${pages.length} pages: is it a book that was built?`);
  process.exit(2);
}

let faults = 0;
const say = (page, found) => {
  for (const f of found) console.log(`${page}: ${f}`);
  faults += found.length;
};
for (const page of [...pages, ...files]) say(page, await html(await readFile(page, "utf8")));
const browser = await browse();
try {
  for (const page of [...kinds.map(k => path.join(book, k)), ...files]) {
    say(page, await browser.look(pathToFileURL(path.resolve(page)).href));
  }
} finally {
  await browser.close();
}
console.log(`${pages.length + files.length} pages, ${faults} faults`);
process.exit(faults ? 1 : 0);
