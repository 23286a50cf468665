// Each fault that the audit is for is found where it was made.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { browse } from "./browser.mjs";
import { html } from "./html.mjs";

const page = (body, head = "") => `<!doctype html>\n<html lang="en"><head><title>A page</title>${head}</head>` +
  `<body><main>\n<h1>A page</h1>\n${body}\n</main></body></html>\n`;
const browser = await browse();
after(() => browser.close());
const look = text => browser.look("data:text/html;charset=utf-8," + encodeURIComponent(text));

test("a good page", async () => {
  const good = page("<p>Text, and <img src=\"data:,\" alt=\"a picture\">.</p>");
  assert.deepEqual(await html(good), []);
  assert.deepEqual(await look(good), []);
});

for (const [name, body, rule] of [
  ["a picture without words", "<p><img src=\"data:,\"></p>", /^wcag\/h37: /],
  ["a paragraph in a paragraph's words", "<p><em><div>Text</div></em></p>", /^element-permitted-content: /],
  ["a fold that is never closed", "<details><summary>More</summary><p>Text</p>", /^close-order: /],
  ["one id twice", "<p id=\"a\">A</p><p id=\"a\">B</p>", /^no-dup-id: /],
]) test(name, async () => {
  const found = await html(page(body));
  assert(found.some(f => rule.test(f)), found.join("\n"));
});

for (const [name, text, rule] of [
  ["a picture without words, for axe", page("<p><img src=\"data:,\"></p>"), /^image-alt, light: /],
  ["words that are hard to see by day", page("<p style=\"color: #bbb; background: #fff\">Text</p>"),
    /^color-contrast, light: /],
  ["words that are hard to see by night", page("<p>Text</p>", "<style>@media (prefers-color-scheme: dark)" +
    "{ body { background: #222; color: #333 } }</style>"), /^color-contrast, dark: /],
  ["a script that fails", page("<p>Text</p>", "<script>throw new Error('no')</script>"), /^script: /],
]) test(name, async () => {
  const found = await look(text);
  assert(found.some(f => rule.test(f)), found.join("\n"));
  if (rule.source.includes("dark")) assert(!found.some(f => f.includes(", light")), found.join("\n"));
});
