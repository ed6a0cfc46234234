// The filter of the index. Without it the page is a plain list; what it hides is only hidden.
// A report's family and period are its folder: of its link, or its class where there is no link.
"use strict";
(() => {
  const field = (name) => document.getElementById(`find-${name}`);
  const [name, family, period, area, verdict] =
    ["name", "family", "period", "area", "verdict"].map(field);
  const organisations = [...document.getElementById("list").children].map((item) => ({
    item,
    details: item.querySelector("details"),
    words: item.firstElementChild.nextSibling.data.toLowerCase() +
      item.firstElementChild.textContent.toLowerCase(),
    areas: [...item.querySelectorAll(":scope > span")].map((span) => span.textContent),
    reports: [...item.querySelectorAll("li")].map((report) => {
      const link = report.querySelector("a");
      const [family, period] = (link?.getAttribute("href") ?? report.className).split("/");
      return { report, family, period, verdict: report.lastChild.data };
    }),
  }));
  const fits = (text) => (each) => !text || each === text;
  const update = () => {
    const wanted = name.value.trim().toLowerCase();
    const narrowed = Boolean(family.value || period.value || verdict.value);
    const [ofFamily, ofPeriod] = [family, period].map((each) => fits(each.value));
    let shown = 0;
    let found = 0;
    for (const each of organisations) {
      const candidate = each.words.includes(wanted) && (!area.value || each.areas.includes(area.value));
      let held = 0;
      for (const one of candidate ? each.reports : []) {
        const fit = ofFamily(one.family) && ofPeriod(one.period) &&
          (!verdict.value || one.verdict.startsWith(`: ${verdict.value}`));
        one.report.hidden = !fit;
        held += fit;
      }
      each.item.hidden = !held;
      if (held) each.details.open = narrowed;
      shown += held ? 1 : 0;
      found += held;
    }
    const count = (number, words) => `${number.toLocaleString("en-GB")} ${words}${number === 1 ? "" : "s"}`;
    document.getElementById("found").textContent =
      `${count(shown, "organisation")}, ${count(found, "report")}`;
  };
  for (const each of [name, family, period, area, verdict]) each.addEventListener("input", update);
  field("clear").addEventListener("click", () => {
    for (const each of [name, family, period, area, verdict]) each.value = "";
    update();
    name.focus();
  });
  document.getElementById("by-browser").hidden = true;
  document.getElementById("find").hidden = false;
  update();
})();
