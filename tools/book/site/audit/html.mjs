// Is a page's own part HTML as the standard has it? What mdBook writes around
// <main> is mdBook's; a page without <main> is looked at whole.
import { HtmlValidate } from "html-validate";

const validate = new HtmlValidate({
  extends: ["html-validate:standard", "html-validate:a11y"],
  rules: {
    // A heading such as "05 Underneath" makes an id that begins with a digit,
    // which HTML has allowed since version 5.
    "valid-id": ["error", { relaxed: true }],
    // mdBook's printer writes some tags in ways that are a matter of taste.
    "void-style": "off",
    "no-trailing-whitespace": "off",
    // A replay is one file, with its style in it.
    "no-inline-style": "off",
  },
});

export async function html(text) {
  const main = /<main>[\s\S]*<\/main>/.exec(text);
  if (main && text.includes("Book generated using mdBook")) {
    text = `<!doctype html>\n<html lang="en"><head><title>page</title></head><body>\n${main[0]}\n</body></html>`;
  }
  const report = await validate.validateString(text);
  return report.results.flatMap(r => r.messages).map(m => `${m.ruleId}: ${m.message} (${m.selector})`);
}
