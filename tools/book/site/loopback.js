// What the site's pages do beyond mdBook's own scripts. Without it everything is
// still there to be read.
"use strict";
(() => {
  // A session is copied to be run: its commands, without prompts and output. Any
  // other block is copied as mdBook copies it.
  const commands = code => code.textContent.split("\n").filter(l => l.startsWith("$ ")).map(l => l.slice(2)).join("\n");
  document.addEventListener("click", e => {
    const button = e.target.closest(".clip-button");
    const code = button && button.closest("pre").querySelector("code.language-console");
    if (!code) return;
    e.stopPropagation();
    document.addEventListener("copy", c => {
      c.clipboardData.setData("text/plain", commands(code));
      c.preventDefault();
      c.stopPropagation();
    }, { capture: true, once: true });
    const done = document.execCommand("copy");
    button.firstChild.textContent = done ? "Commands copied" : "Not copied";
    button.classList.add("tooltipped");
  }, { capture: true });
  document.querySelectorAll("pre > code.language-console").forEach(code => {
    const button = code.parentElement.querySelector(".clip-button");
    if (button) button.title = "Copy the commands";
    if (button) button.setAttribute("aria-label", button.title);
  });

  // What scrolls sideways can be reached by the keyboard.
  const reach = () => document.querySelectorAll("pre > code, .table-wrapper").forEach(box => {
    if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
    else box.removeAttribute("tabindex");
  });
  reach();
  addEventListener("resize", reach);
  document.addEventListener("toggle", reach, true);

  // What mdBook's own controls do is said to those who do not see them, with the
  // names of the chapters to which its arrows lead.
  const name = (selector, words) => document.querySelectorAll(selector).forEach(el => {
    el.setAttribute("aria-label", words);
  });
  name("#mdbook-searchbar", "Search this book");
  name("nav.nav-wrapper", "Arrows to the chapters beside this one, below");
  name("nav.nav-wide-wrapper", "Arrows to the chapters beside this one, at the sides");
  for (const [rel, side] of [["prev", "previous"], ["next", "next"]]) {
    const link = document.querySelector(`.neighbours a[rel=${rel}]`);
    if (!link) continue;
    const words = link.textContent.replace(/\s+/g, " ").replace(" ", ": ");
    document.querySelectorAll(`.nav-chapters.${side}, .mobile-nav-chapters.${side}`).forEach(arrow => {
      arrow.title = words;
      arrow.setAttribute("aria-label", words);
    });
  }

  // On paper nothing can be unfolded.
  let opened = [];
  addEventListener("beforeprint", () => {
    opened = [...document.querySelectorAll("main details:not([open])")];
    opened.forEach(d => { d.open = true; });
  });
  addEventListener("afterprint", () => opened.forEach(d => { d.open = false; }));
})();
