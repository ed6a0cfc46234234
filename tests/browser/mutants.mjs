// One fault each, made in a good page: every one must be found, or the checks prove nothing.
const once = (from, to) => (html) => {
  if (!html.includes(from)) throw new Error(`the page has no ${from}`);
  return html.replace(from, () => to);
};
const head = (more) => once("</head>", `${more}</head>`);
const inside = (more) => once("</main>", `${more}</main>`);

// Made in the page of an organisation.
export const MUTANTS = {
  "no language": once('<html lang="en-GB">', "<html>"),
  "another language": once('lang="en-GB"', 'lang="fr"'),
  "no title": (html) => html.replace(/<title>.*?<\/title>/s, ""),
  "two first headings": inside("<h1>Again</h1>"),
  "a heading jump": inside("<h5>Deep</h5>"),
  "no main": (html) => html.replace('<main id="content">', '<div id="content">').replace("</main>", "</div>"),
  "no header": (html) => html.replace("<header>", "<div>").replace("</header>", "</div>"),
  "no skip link": (html) => html.replace(/<a class="skip".*?<\/a>/s, ""),
  "a skip link to nowhere": once('class="skip" href="#content"', 'class="skip" href="#elsewhere"'),
  "low contrast": inside('<p style="color: #bbb">Pale</p>'),
  "a link of colour only that is empty": inside('<p><a href="../index.html"></a></p>'),
  "a link called here": inside('<p>Reports are <a href="../index.html">here</a>.</p>'),
  "a link to no place": inside('<p><a href="#nowhere">A place in the page</a></p>'),
  "a zoom lock": once("initial-scale=1", "initial-scale=1, maximum-scale=1, user-scalable=no"),
  "a missing caption": (html) => html.replace(/<caption.*?<\/caption>/s, ""),
  "an empty caption": (html) => html.replace(/(<caption[^>]*>).*?(<\/caption>)/s, "$1$2"),
  "a header without scope": once('<th scope="col">', "<th>"),
  "a header row of plain cells": (html) =>
    html.replace(/<thead>.*?<\/thead>/s, (row) => row.replace(/<th[^>]*>/g, "<td>").replaceAll("</th>", "</td>")),
  "a row without header": (html) =>
    html.replace(/<th scope="row"([^>]*)>(.*?)<\/th>/s, "<td$1>$2</td>"),
  "merged cells": once('<th scope="col">', '<th scope="col" colspan="2">'),
  "a scroller out of reach": once('role="region" tabindex="0"', 'role="region"'),
  "a drawing without description": (html) => html.replace(/(<svg[^>]*) aria-label="[^"]*"/, "$1"),
  "a placeholder description": (html) => html.replace(/(<svg[^>]*aria-label=")[^"]*"/, '$1chart"'),
  "a file name as description": (html) => html.replace(/(<svg[^>]*aria-label=")[^"]*"/, '$1trend-of-the-line-E.B.3-2018.svg"'),
  "a drawing without role": once('role="img" ', ""),
  "an image without description": inside('<img src="data:image/gif;base64,R0lGODlhAQABAAAAACw=">'),
  "the same id twice": inside('<p id="content">Twice</p>'),
  "an element left open": inside("<div><p>Open</p>"),
  "an external image": inside('<img src="https://x.invalid/a.png" alt="A picture from elsewhere, described">'),
  "an external style sheet": head('<link rel="stylesheet" href="https://x.invalid/a.css">'),
  "an external link": inside('<p><a href="https://x.invalid/">Somewhere else</a></p>'),
  "an inline handler": inside('<p onclick="alert(1)">Press</p>'),
  "a script": inside("<script>alert(1)</script>"),
  "no policy": (html) => html.replace(/<meta http-equiv.*?>/s, ""),
  "a frame": inside('<iframe title="A frame" srcdoc="x"></iframe>'),
  "too wide for a phone": inside('<p style="width: 700px">Wide</p>'),
};

// Made in the index, which has what is filled in.
export const MUTANTS_OF_INDEX = {
  "an unlabelled field": once('<label for="find-name">Name or code</label>', "Name or code"),
  "a list without label": once('<label for="find-family">Family</label>', "Family"),
  "a changed script": once('"use strict";', '"use strict"; void 0;'),
  "a small button": once('<button id="find-clear" type="button">Clear</button>', '<button id="find-clear" type="button" aria-label=""></button>'),
};

// Made in the page of a line, which has a large chart.
export const MUTANTS_OF_LINE = {
  "letters too small for a phone": once("min-width: 38rem", "min-width: 0"),
  "marks told apart by colour only": (html) => {
    const [, met] = html.match(/class="met".*?href="([^"]*)"/s);
    return html.replace(/(class="not-met".*?href=")[^"]*(".*?<\/g>)/s, `$1${met}$2`);
  },
};
