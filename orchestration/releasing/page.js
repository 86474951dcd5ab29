// Draws the page of a release from the data in it: nothing is fetched, nothing is kept.
"use strict";
const data = JSON.parse(document.getElementById("data").textContent);
const state = { lang: (navigator.language || "zh").startsWith("en") ? "en" : "zh", figure: "received", filters: {} };
const at = Object.fromEntries(data.columns.map((name, place) => [name, place]));
const keys = ["report_year", "scope", "province", "level", "kind"];

const say = (key) => data.words[key][state.lang];
const coded = (column, code) => code == null ? say("unknown")
  : (data.codes[column] && data.codes[column][code] ? data.codes[column][code][state.lang] : String(code));
const shown = (value) => value == null ? "" : typeof value === "number"
  ? value.toLocaleString("en", { useGrouping: true, maximumFractionDigits: 6 }) : String(value);

function make(name, attributes, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes || {})) {
    if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
    else if (value === true) node.setAttribute(key, "");
    else if (value !== false && value != null) node.setAttribute(key, value);
  }
  node.append(...children);
  return node;
}

function table(heads, rows, kind) {
  const cells = (row) => row.map((value) => value instanceof Node ? make("td", {}, value)
    : make("td", { class: typeof value === "number" ? "number" : null }, shown(value)));
  return make("div", { class: "scroll" }, make("table", { class: kind },
    make("thead", {}, make("tr", {}, ...heads.map((head) => make("th", { scope: "col" }, head)))),
    make("tbody", {}, ...rows.map((row) => make("tr", {}, ...cells(row))))));
}

const chosen = () => data.groups.filter((group) =>
  keys.every((key) => !(key in state.filters) || String(group[at[key]]) === state.filters[key]));

// [what, the sum of the sure figures, over how many reports, of how many], by the values of a column.
function sums(column, figure) {
  const found = new Map();
  for (const group of chosen()) {
    const what = group[at[column]];
    const sum = found.get(what) || [what, null, 0, 0];
    const value = group[at[figure]];
    if (value != null) sum[1] = (sum[1] || 0) + value;
    sum[2] += group[at["n_" + figure]];
    sum[3] += group[at.reports];
    found.set(what, sum);
  }
  return [...found.values()];
}

function bars(head, rows) {
  const most = Math.max(1, ...rows.map((row) => row[1] || 0));
  return table([head, say("sum"), "", say("from"), say("of")], rows.map(([what, sum, from, of]) => [what, sum,
    make("span", { class: "bar", style: `width:${(100 * (sum || 0)) / most}%` }), from, of]), "bars");
}

const section = (title, ...children) => make("section", {}, make("h2", {}, say(title)), ...children);
const ranked = (rows) => rows.sort((one, other) => (other[1] || 0) - (one[1] || 0));

function controls() {
  const select = (label, options, value, change) => make("label", {}, label + " ", make("select",
    { onchange: (event) => { change(event.target.value); draw(); } },
    ...options.map(([key, text]) => make("option", { value: key, selected: key === value }, text))));
  const filters = keys.map((key) => {
    const values = [...new Set(data.groups.map((group) => String(group[at[key]])))].sort();
    const options = values.map((value) => [value, value === "null" ? say("unknown") : coded(key, value)]);
    return select(say(key), [["", say("all")], ...options], state.filters[key] || "", (value) => {
      if (value) state.filters[key] = value; else delete state.filters[key];
    });
  });
  const figures = data.figures.map((figure) => [figure.name, figure[state.lang]]);
  return make("section", {}, make("p", {}, ...filters),
    make("p", {}, select(say("figure"), figures, state.figure, (value) => { state.figure = value; })),
    make("p", { class: "note" }, say("sure")), make("p", { class: "note" }, say("scopes")));
}

const columns = () => ["reports", ...data.figures.flatMap((figure) => [figure.name, "n_" + figure.name])];

// What a spreadsheet would take for a formula is marked as words.
function csv(rows) {
  const quoted = (value) => {
    const text = value == null ? "" : String(value);
    const plain = typeof value !== "number" && /^[ ]*[=+\-@\t\r\n＝＋－＠]/.test(text) ? "'" + text : text;
    return /[",\n\r]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain;
  };
  return "\ufeff" + rows.map((row) => row.map(quoted).join(",")).join("\r\n") + "\r\n";
}

function download() {
  const names = [...keys, ...columns()];
  const rows = [names, ...chosen().map((group) => names.map((name) => group[at[name]]))];
  const address = URL.createObjectURL(new Blob([csv(rows)], { type: "text/csv" }));
  make("a", { href: address, download: "figures.csv" }).click();
  URL.revokeObjectURL(address);
}

function tables() {
  const heads = [...keys.map(say), say("reports"), ...data.figures.map((figure) => figure[state.lang])];
  const rows = chosen().map((group) => [
    ...keys.map((key) => key === "report_year" ? String(group[at[key]]) : coded(key, group[at[key]])),
    group[at.reports], ...data.figures.map((figure) => group[at[figure.name]])]);
  return section("table", make("p", {}, make("button", { onclick: download, id: "download" }, say("download"))),
    table(heads, rows));
}

function coverage() {
  const fields = ["reports", "organs_missing", "tables_validated", "tables_inconsistent", "tables_incomplete",
    "tables_uncertain", "tables_absent"];
  return section("coverage", table([say("report_year"), say("province"), ...fields.map(say)],
    data.coverage.map((row) => [String(row.report_year), coded("province", row.province),
      ...fields.map((field) => row[field])])));
}

function draw() {
  document.documentElement.lang = state.lang;
  document.title = say("title");
  const year = (rows) => rows.map((row) => [String(row[0]), ...row.slice(1)]);
  const named = (column) => ranked(sums(column, state.figure).map((row) => [coded(column, row[0]), ...row.slice(1)]));
  const refusals = data.figures.filter((figure) => figure.refusal).map((figure) => {
    const all = sums("report_year", figure.name);
    const add = (place) => all.reduce((sum, row) => sum + (row[place] || 0), 0);
    return [figure[state.lang], add(1), add(2), add(3)];
  });
  const breaks = table([say("report_year"), say("rule"), say("reports")],
    data.broken.map((row) => [String(row.report_year), row["rule_" + state.lang] || row.rule, row.reports]));
  const changed = data.changes && Object.keys(data.changes).length === 0 ? make("p", {}, say("none"))
    : data.changes && table([say("why"), say("figures")],
    Object.entries(data.changes).map(([reason, count]) => [coded("reason", reason), count]));
  document.getElementById("page").replaceChildren(
    make("header", {}, make("h1", {}, say("title")),
      make("p", {}, `${say("version")} ${data.version} `, make("button", { id: "language", onclick: () => {
        state.lang = state.lang === "zh" ? "en" : "zh";
        draw();
      } }, state.lang === "zh" ? "English" : "中文"), " ",
      make("a", { href: "codebook.html" }, say("codebook")))),
    controls(),
    section("by_year", bars(say("report_year"), year(sums("report_year", state.figure).sort()))),
    section("by_province", bars(say("province"), named("province"))),
    section("by_kind", bars(say("kind"), named("kind"))),
    section("refusals", bars(say("why"), ranked(refusals))),
    section("breaks", breaks), coverage(), tables(),
    section("changes", changed || make("p", {}, say("first"))));
}
draw();
