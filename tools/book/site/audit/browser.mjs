// What axe finds in a page as a browser shows it, by day and by night.
import { accessSync, constants, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import puppeteer from "puppeteer-core";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

const rules = {
  region: { enabled: false }, // some of mdBook's own frame is in no landmark
  "empty-table-header": { enabled: false }, // the corner of a table with heads on two sides
};

// mdBook's button for the sidebar is a label, on which it keeps the state of a button.
const exclude = ["#mdbook-sidebar-toggle"];

function chromium() {
  for (const dir of process.env.PATH.split(path.delimiter)) {
    for (const name of ["chromium", "chromium-browser", "google-chrome"]) {
      try {
        accessSync(path.join(dir, name), constants.X_OK);
        return path.join(dir, name);
      } catch { /* not here */ }
    }
  }
  throw new Error("there is no chromium, and no google-chrome");
}

// browse starts a browser and returns a function that looks at the page of an
// address, and one that ends the browser.
export async function browse() {
  // The pages are our own, and the sandbox does not start for root.
  const browser = await puppeteer.launch({ executablePath: chromium(), args: ["--no-sandbox"] });
  const look = async address => {
    const found = [];
    const page = await browser.newPage();
    page.on("pageerror", e => found.push(`script: ${e.message}`));
    for (const scheme of ["light", "dark"]) {
      await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
      await page.goto(address);
      await page.evaluate(axe);
      const result = await page.evaluate((at, rules) => axe.run(at, { rules }), { exclude }, rules);
      for (const v of result.violations) {
        for (const n of v.nodes) found.push(`${v.id}, ${scheme}: ${v.help} (${n.target.join(" ")})`);
      }
    }
    await page.close();
    return found;
  };
  return { look, close: () => browser.close() };
}
