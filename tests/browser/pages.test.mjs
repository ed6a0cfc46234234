// The published pages in Chromium. SITE is the folder that prepare.py made.
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { after, before, describe, test } from "node:test";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";
import { faultsOfAxe, faultsOfMarkup, faultsOfOwn, faultsOfReflow } from "./checks.mjs";
import { MUTANTS, MUTANTS_OF_INDEX, MUTANTS_OF_LINE } from "./mutants.mjs";

const site = resolve(process.env.SITE);
const profile = mkdtempSync(join(tmpdir(), "nhsind-browser-"));
const flags = [
  "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
  "--disable-background-networking", "--disable-component-update", "--disable-sync",
];
const SLOWEST_LOAD = 5_000;
const SLOWEST_FILTER = 1_000;
let browser;

before(async () => {
  browser = await chromium.launchPersistentContext(profile, {
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: flags,
    headless: true,
  });
});
after(async () => {
  await browser.close();
  rmSync(profile, { recursive: true, force: true });
});

const html = (folder) => readdirSync(folder, { recursive: true, encoding: "utf-8" })
  .filter((name) => name.endsWith(".html")).sort();
const sample = join(site, "sample");
const hostile = join(site, "hostile");
const LINES = ["E.B.3", "E.B.5", "E.M.18", "E.A.S.2"].map((code) => `indicators/${code}/`);
const chosen = html(sample).filter(
  (name) => !name.startsWith("indicators/") || LINES.some((start) => name.startsWith(start)),
);

/** Open a page and note all that it should not do. */
async function open(path) {
  const page = await browser.newPage();
  const noted = [];
  const address = pathToFileURL(path).href;
  page.on("console", (each) => noted.push(`console: ${each.text()}`));
  page.on("pageerror", (error) => noted.push(`error: ${error.message}`));
  page.on("dialog", (dialog) => { noted.push(`dialog: ${dialog.message()}`); dialog.dismiss(); });
  page.on("request", (request) => {
    if (request.url() !== address && !request.url().startsWith("data:")) noted.push(`request: ${request.url()}`);
  });
  await page.setViewportSize({ width: 1280, height: 900 });
  await page.goto(address);
  return { page, noted, close: () => page.close() };
}

// The last makes the page as narrow as a phone.
const CHECKS = [faultsOfOwn, faultsOfAxe, faultsOfReflow];

/** All faults of a page; with `first` only those of the first check that finds any. */
async function faults(path, first = false) {
  const found = faultsOfMarkup(readFileSync(path, "utf-8"));
  if (first && found.length) return found;
  const opened = await open(path);
  try {
    for (const check of CHECKS) {
      found.push(...(await check(opened.page)));
      if (first && found.length) return found;
    }
    return [...found, ...opened.noted];
  } finally {
    await opened.close();
  }
}

describe("a page has no fault", () => {
  for (const name of chosen) test(name, async () => assert.deepEqual(await faults(join(sample, name)), []));
  for (const name of html(hostile)) test(`hostile ${name}`, async () => assert.deepEqual(await faults(join(hostile, name)), []));
});

describe("however a page is shown", () => {
  for (const name of html(sample).filter((each) => each.startsWith("organisations/"))) {
    const most = name.includes("ENGLAND") ? 3 : 2; // England has every family's lines
    test(`${name} is ${most} pages of A4 at most`, async () => {
      const { page, close } = await open(join(sample, name));
      const printed = (await page.pdf({ format: "A4", preferCSSPageSize: true })).toString("latin1");
      assert.ok(printed.match(/\/Type\s*\/Page[^s]/g).length <= most);
      await close();
    });
  }
  const looked = ["index.html", "organisations/ZX001.html", "indicators/E.B.3/2018-03.html", "rtt/2018-03/ZX001.html"];
  for (const name of looked) {
    test(`${name} in print`, async () => {
      const { page, close } = await open(join(sample, name));
      await page.emulateMedia({ media: "print" });
      const seen = await page.evaluate(() => ({
        skip: getComputedStyle(document.querySelector(".skip")).display,
        filter: getComputedStyle(document.querySelector(".find") ?? document.querySelector(".skip")).display,
        cut: [...document.querySelectorAll(".wide")].filter((each) => getComputedStyle(each).overflowX !== "visible").length,
        closed: [...document.querySelectorAll("figure + details table")].filter((each) => !each.checkVisibility({ contentVisibilityAuto: true })).length,
      }));
      assert.deepEqual(seen, { skip: "none", filter: "none", cut: 0, closed: 0 });
      await close();
    });
    test(`${name} in forced colours and in grey`, async () => {
      const { page, close } = await open(join(sample, name));
      await page.emulateMedia({ forcedColors: "active" });
      assert.deepEqual([...(await faultsOfOwn(page)), ...(await faultsOfAxe(page))], []);
      await page.emulateMedia({ forcedColors: "none" });
      await page.addStyleTag({ content: "html { filter: grayscale(1); }" }).catch(() => {});
      assert.deepEqual([...(await faultsOfOwn(page)), ...(await faultsOfAxe(page))], []);
      await close();
    });
    test(`${name} without script`, async () => {
      const { page, close } = await open(join(sample, name));
      const session = await browser.newCDPSession(page);
      await session.send("Emulation.setScriptExecutionDisabled", { value: true });
      await page.reload();
      const links = await page.locator("main a").count();
      assert.ok(links > 0 || !name.startsWith("index"));
      assert.equal(await page.locator("#find:visible").count(), 0);
      assert.ok(await page.locator("main").isVisible());
      if (name === "index.html") {
        assert.ok(await page.locator("#by-browser").isVisible());
        assert.equal(await page.locator("#list > li:visible").count(), await page.locator("#list > li").count());
        await page.locator("#list summary").first().click();
        assert.ok(await page.locator("#list li li a").first().isVisible());
      }
      await close();
    });
    test(`${name} by keyboard`, async () => {
      const { page, close } = await open(join(sample, name));
      await page.keyboard.press("Tab");
      const skip = await page.evaluate(() => {
        const box = document.activeElement.getBoundingClientRect();
        return { is: document.activeElement.className, shown: box.left >= 0 && box.top >= 0 };
      });
      assert.deepEqual(skip, { is: "skip", shown: true });
      await page.keyboard.press("Enter");
      assert.ok((await page.evaluate(() => location.hash)) === "#content");
      await close();
    });
  }
});

describe("the filter of the index", () => {
  const found = (page) => page.locator("#found").textContent();
  const shown = (page) => page.locator("#list > li:visible").count();
  test("finds by name, code, family, period, region, area and verdict", async () => {
    const { page, noted, close } = await open(join(site, "large/index.html"));
    assert.equal(await found(page), "207 organisations, 3,519 reports");
    await page.fill("#find-name", "borough 12");
    assert.equal(await found(page), "11 organisations, 187 reports");
    assert.equal(await shown(page), 11);
    await page.fill("#find-name", "012q");
    assert.equal(await found(page), "1 organisation, 17 reports");
    await page.fill("#find-name", "");
    await page.selectOption("#find-family", "rtt");
    assert.equal(await found(page), "207 organisations, 207 reports");
    assert.ok(await page.locator("#list li li a:visible").first().isVisible());
    await page.selectOption("#find-verdict", "standard not met");
    assert.equal(await found(page), "100 organisations, 100 reports");
    await page.selectOption("#find-verdict", "all standards met");
    assert.equal(await found(page), "107 organisations, 107 reports");
    await page.selectOption("#find-area", "Area 3 STP");
    assert.equal(await found(page), "2 organisations, 2 reports");
    await page.selectOption("#find-area", "Region 3");
    assert.equal(await found(page), "16 organisations, 16 reports");
    await page.selectOption("#find-period", "2018-03");
    await page.click("#find-clear");
    assert.equal(await found(page), "207 organisations, 3,519 reports");
    assert.equal(await shown(page), 207);
    assert.deepEqual(noted, []);
    await close();
  });
  test("takes names as text", async () => {
    const { page, noted, close } = await open(join(hostile, "index.html"));
    await page.fill("#find-name", "<script>");
    assert.equal(await shown(page), 1);
    await page.selectOption("#find-area", { index: 1 });
    assert.equal(await shown(page), 1);
    assert.deepEqual(noted, []);
    await close();
  });
  test("is quick with 3,500 reports", async (context) => {
    const { page, close } = await open(join(site, "large/index.html"));
    const times = await page.evaluate(() => {
      const load = performance.getEntriesByType("navigation")[0].loadEventEnd;
      const field = document.getElementById("find-verdict");
      const start = performance.now();
      field.value = "standard not met";
      field.dispatchEvent(new Event("input"));
      document.body.getBoundingClientRect();
      return { load, filter: performance.now() - start };
    });
    const size = readFileSync(join(site, "large/index.html")).length;
    context.diagnostic(`${size} bytes, loaded in ${times.load.toFixed(0)} ms, narrowed in ${times.filter.toFixed(0)} ms`);
    assert.ok(size < 700_000 && times.load < SLOWEST_LOAD && times.filter < SLOWEST_FILTER);
    await close();
  });
});

describe("a page with one fault is found out", () => {
  const bases = [
    ["organisations/ZX001.html", MUTANTS],
    ["index.html", MUTANTS_OF_INDEX],
    ["indicators/E.B.3/2018-03.html", MUTANTS_OF_LINE],
  ];
  for (const [base, mutants] of bases) {
    for (const [name, mutate] of Object.entries(mutants)) {
      test(name, async (context) => {
        const good = readFileSync(join(sample, base), "utf-8");
        const bad = mutate(good);
        assert.notEqual(bad, good);
        const path = join(dirname(join(sample, base)), "mutant.html");
        writeFileSync(path, bad);
        try {
          const found = await faults(path, true);
          context.diagnostic(found.map((each) => each.slice(0, 60)).join(" | ") || "nothing");
          assert.notDeepEqual(found, []);
        } finally {
          rmSync(path);
        }
      });
    }
  }
});
