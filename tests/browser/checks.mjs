// What is wrong with a page: by axe, by html-validate, and by checks for what both let pass.
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { HtmlValidate } from "html-validate";

const require = createRequire(import.meta.url);
const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf-8");
const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

const markup = new HtmlValidate({
  extends: ["html-validate:recommended"],
  rules: {
    // Matters of taste, and of how the templates are laid out.
    "attr-quotes": "off",
    "doctype-style": "off",
    "long-title": "off",
    "no-inline-style": "off",
    "no-trailing-whitespace": "off",
    "prefer-native-element": "off",
    "tel-non-breaking": "off",
    "valid-id": "off",
    "wcag/h63": "error",
  },
});

/** Faults of the text of a page, before a browser mends it. */
export function faultsOfMarkup(html) {
  return markup.validateStringSync(html).results
    .flatMap((result) => result.messages)
    .map((each) => `html-validate ${each.ruleId}: ${each.message} (line ${each.line})`);
}

/** Faults of a page that is open in a browser. */
export async function faultsOfAxe(page) {
  await page.evaluate(axe);
  const found = await page.evaluate((tags) => window.axe.run(document, { runOnly: tags }), TAGS);
  return found.violations.map(
    (each) => `axe ${each.id}: ${each.nodes.map((node) => node.target.join(" ")).join(", ")}`,
  );
}

export const faultsOfOwn = (page) => page.evaluate(own);

/** Runs in the page: what axe and html-validate let pass. */
function own() {
  const found = [];
  const all = (selector) => [...document.querySelectorAll(selector)];
  const say = (rule, elements) =>
    elements.forEach((each) => found.push(`own ${rule}: ${each.outerHTML.slice(0, 120)}`));
  const words = (each) => (each?.textContent ?? "").trim();

  if (document.documentElement.lang !== "en-GB") found.push("own lang: the page is not en-GB");
  if (all("h1").length !== 1) found.push("own h1: there must be one");
  for (const name of ["header", "main", "footer"])
    if (all(`body > ${name}`).length !== 1) found.push(`own landmark: no ${name}`);
  const levels = all("h1, h2, h3, h4, h5, h6").map((each) => Number(each.tagName[1]));
  if (levels.some((level, place) => level > (levels[place - 1] ?? 0) + 1))
    found.push("own heading order");

  const skip = document.querySelector("a");
  const target = skip?.getAttribute("href") ?? "";
  if (!target.startsWith("#") || !document.querySelector("main")?.matches(`[id="${target.slice(1)}"]`))
    found.push("own skip link: the first link does not lead to main");
  say("link text", all("a").filter((each) =>
    /^(|here|click here|link|more|read more|this|page)$/i.test(words(each).replace(/[.\s]+$/, ""))));
  say("link without a place", all("a[href^='#']").filter((each) =>
    !document.getElementById(each.getAttribute("href").slice(1))));

  const described = (each) => each.getAttribute("alt") ?? each.getAttribute("aria-label") ?? "";
  // What is hidden from a screen reader has its words beside it.
  const heard = all("img, svg[role=img]").filter((each) => !each.closest("[aria-hidden=true]"));
  say("description", heard.filter((each) =>
    /\.(png|svg|jpe?g|gif)$|no description|^(image|chart|graph|figure|picture|plot)?\.?$/i
      .test(described(each).trim()) || described(each).trim().length < 25));
  say("drawing without role", all("svg").filter((each) => each.getAttribute("role") !== "img"));

  say("caption", all("table").filter((each) => words(each.caption) === ""));
  say("merged cells", all("[rowspan], [colspan]"));
  say("scope", all("th").filter((each) => !["row", "col"].includes(each.scope)));
  // A list of properties, two cells a row and named by the first, has no header row and may wrap.
  const isList = (table) => !table.tHead && [...table.rows].every((row) => row.cells.length === 2);
  say("header row", all("table").filter((each) => !isList(each) &&
    (!each.tHead || [...each.rows[0].cells].some((cell) => cell.tagName !== "TH"))));
  say("row header", all("tbody tr").filter((each) => each.cells[0]?.tagName !== "TH"));
  say("scroller", all("table").filter((each) => !isList(each)).filter((each) => {
    const box = each.parentElement;
    return box.tabIndex !== 0 || box.getAttribute("role") !== "region" || !box.ariaLabel;
  }));

  const policy = document.querySelector("meta[http-equiv=Content-Security-Policy]")?.content ?? "";
  if (!policy.startsWith("default-src 'none'")) found.push("own policy: it is not strict");
  say("active", all("script:not(:only-of-type), script[src], iframe, object, embed, form, base"));
  say("handler", all("*").filter((each) => each.getAttributeNames().some((name) => /^on/.test(name))));
  say("address", all("[href], [src]").filter((each) =>
    /^\s*([a-z]+:|\/\/)/i.test(each.getAttribute("href") ?? each.getAttribute("src"))));
  // A colour is never all that tells one mark from another.
  for (const drawing of all("svg")) {
    const shapes = ["met", "not-met"].map((name) => drawing.querySelector(`.${name} use`));
    if (shapes.every(Boolean) && shapes[0].getAttribute("href") === shapes[1].getAttribute("href"))
      found.push("own colour: marks differ by colour only");
  }
  return found;
}

// Of the letters in a chart, in pixels: below it nobody reads them on a phone.
const SMALLEST_LETTERS = 8;

/** Faults of a page's layout at the width of a phone (WCAG 1.4.10). */
export async function faultsOfReflow(page) {
  await page.setViewportSize({ width: 320, height: 640 });
  const wide = await page.evaluate(() => document.documentElement.scrollWidth);
  const found = wide > 320 ? [`own reflow: ${wide} pixels wide at 320`] : [];
  const letters = await page.evaluate(() => [...document.querySelectorAll("figure svg text")].map((text) => {
    const svg = text.ownerSVGElement;
    return parseFloat(getComputedStyle(text).fontSize) * svg.getBoundingClientRect().width / svg.viewBox.baseVal.width;
  }));
  const smallest = Math.min(...letters, SMALLEST_LETTERS);
  if (smallest < SMALLEST_LETTERS) found.push(`own lettering: ${smallest.toFixed(1)} pixels high in a chart`);
  return found;
}
