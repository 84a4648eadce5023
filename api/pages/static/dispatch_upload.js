// Asks for the orders of a day and plans them; what is wrong with a row stands beside the row.

import { field, open } from "./dialog.js";
import { csvRows, sheetRows } from "./dispatch_rows.js";
import { h } from "./dom.js";
import { ask } from "./service.js";
import { given, has, n, t } from "./words.js";

const TABLES = new Set(["sites", "vehicles", "orders", "stock", "collects", "settings"]);
const PLACE = /^(?<file>\S+?)(?: sheet (?<sheet>.+?))? row (?<row>\d+)$/;
const CAUSE = /^(?<column>[a-z_]+): (?<rest>.+)$/;
const USUAL_SECONDS = 30;
const MOST_ROWS = 200;

/** Open the dialog; planned(job) is called with the job that was taken on. */
export async function askForOrders(planned) {
  const networks = (await ask("/v1/networks")).items;
  const network = h("select", { id: "network", name: "network" },
    networks.map((one) => h("option", { value: one.id }, `${one.name || one.id} · ${n("upload.sites", one.sites)}`)),
    h("option", { value: "" }, t("upload.in_files")));
  const files = h("input", { id: "files", type: "file", multiple: true, required: true,
    accept: ".csv,.xlsx,.yaml,.yml" });
  const name = h("input", { id: "name", name: "name", maxlength: 200, autocomplete: "off" });
  const seconds = h("input", { id: "seconds", type: "number", min: 1, max: 600, value: USUAL_SECONDS,
    required: true });
  const faults = h("div", { id: "faults" });
  const send = h("button", { type: "submit", class: "button first" }, t("upload.plan"));
  const hint = h("p", { class: "quiet", id: "hint" });
  const tell = () => hint.replaceChildren(t(network.value ? "upload.hint_orders" : "upload.hint_all"));
  network.addEventListener("change", tell);
  tell();
  const ask_ = async (keepGoodRows) => {
    send.disabled = true;
    try {
      planned(await plan({ network: network.value, files: [...files.files], name: name.value,
        seconds: Number(seconds.value), keepGoodRows }));
      dialog.close();
    } catch (error) {
      if (!error.sentence) throw error;
      await showFaults(faults, error, [...files.files], () => ask_(true));
    } finally {
      send.disabled = false;
    }
  };
  const dialog = open(t("upload.title"), h("form", { class: "deed upload", onsubmit: (event) => {
    event.preventDefault();
    ask_(false);
  } }, field(t("upload.network"), network), field(t("upload.files"), files), hint,
  field(t("upload.name"), name), field(t("upload.seconds"), seconds), faults,
  h("div", { class: "ends" }, h("button", { type: "button", class: "button", onclick: () => dialog.close() },
    t("dialog.cancel")), send)));
  dialog.classList.add("broad");
}

/** Store the orders for a network and plan them, or plan a whole problem from its files. */
async function plan({ network, files, name, seconds, keepGoodRows }) {
  if (!network) {
    const form = new FormData();
    for (const file of files) form.append(partOf(file, files), file, file.name);
    return ask("/v1/plans", { method: "POST",
      body: filled(form, { name, time_limit_s: seconds, keep_good_rows: keepGoodRows }) });
  }
  const form = new FormData();
  for (const file of files) form.append(file.name.startsWith("collects") ? "collects" : "orders", file, file.name);
  const stored = await ask("/v1/order-sets", { method: "POST",
    body: filled(form, { network, name, keep_good_rows: keepGoodRows }) });
  return ask("/v1/plans", { method: "POST",
    body: { network, order_set: stored.id, name, time_limit_s: seconds } });
}

function filled(form, fields) {
  for (const [name, value] of Object.entries(fields)) if (value !== "") form.append(name, String(value));
  return form;
}

function partOf(file, files) {
  const stem = file.name.replace(/\.[^.]*$/, "").toLowerCase();
  if (file.name.endsWith(".xlsx") && files.length === 1) return "workbook";
  return TABLES.has(stem) ? stem : "orders";
}

/** Show the faulty rows as the reader's file has them, each fault at its cell. */
async function showFaults(box, error, files, keepGood) {
  const found = error.problem?.faults ?? [];
  const parts = [h("p", { class: "refusal", role: "alert" }, found.length
    ? n("upload.faults", error.problem.fault_count ?? found.length) : error.sentence)];
  const rows = await faultyRows(found, files);
  parts.push(...rows.map(faultyTable));
  const others = found.filter((one) => !PLACE.test(one.place));
  if (others.length) parts.push(h("ul", {}, others.map((one) => h("li", {}, `${one.place}: `, said(one)))));
  const onlyOrders = found.length && found.every((one) => /^orders\b/.test(one.place));
  if (onlyOrders) {
    parts.push(h("button", { type: "button", class: "button", id: "keep-good", onclick: keepGood },
      t("upload.leave_out")));
  }
  box.replaceChildren(...parts);
  box.scrollIntoView({ block: "nearest" });
}

/** Say a fault: what kind it is in the reader's language, then what the service found, in English. */
function said(fault) {
  const found = h("span", { lang: "en" }, given.language === "en" ? `${fault.cause}. ${fault.action}.` : ` ${fault.cause}.`);
  return given.language === "en" ? [found] : [inShort(fault), found];
}

/** Say a fault in a few words. */
function inShort({ code, cause }) {
  const key = `fault.${code.toLowerCase().replace("-", "_")}`;
  return given.language !== "en" && has(key) ? `${t(key)} (${code}).` : cause;
}

/** Group faults by table and row, and fetch those rows from the files that were sent. */
async function faultyRows(faults, files) {
  const tables = new Map();
  for (const fault of faults) {
    const place = PLACE.exec(fault.place)?.groups;
    if (!place) continue;
    const key = `${place.file} ${place.sheet ?? ""}`;
    if (!tables.has(key)) tables.set(key, { ...place, byRow: new Map() });
    const { byRow } = tables.get(key);
    if (!byRow.has(place.row)) byRow.set(place.row, []);
    byRow.get(place.row).push(fault);
  }
  return Promise.all([...tables.values()].map(async (table) => ({ ...table,
    cells: await cellsFrom(table, files) })));
}

async function cellsFrom({ file, sheet }, files) {
  const stem = file.replace(/\.[^.]*$/, "");
  const own = files.find((one) => one.name.toLowerCase().startsWith(stem))
    ?? (sheet ? files.find((one) => one.name.endsWith(".xlsx")) : null) ?? (files.length === 1 ? files[0] : null);
  if (!own) return [];
  try {
    return own.name.endsWith(".xlsx") ? await sheetRows(own, sheet ?? stem) ?? [] : csvRows(await own.text());
  } catch (error) {
    // A file that only the service can read: its faults stand there without their rows.
    if (!(error instanceof RangeError || error instanceof TypeError)) throw error;
    return [];
  }
}

function faultyTable({ file, sheet, byRow, cells }) {
  const heading = cells[0] ?? [];
  const rows = [...byRow].slice(0, MOST_ROWS);
  const faultOf = (faults, column) => faults.find((one) => CAUSE.exec(one.cause)?.groups.column === column);
  const label = sheet ? `${file} · ${sheet}` : file;
  return h("div", { class: "wide", tabindex: "0", role: "group", "aria-label": label },
    h("table", { class: "faults" }, h("caption", {}, label),
      h("thead", {}, h("tr", {}, h("th", { scope: "col" }, t("upload.row")),
        h("th", { scope: "col" }, t("upload.wrong")), heading.map((one) => h("th", { scope: "col" }, one)))),
      h("tbody", {}, rows.map(([row, faults]) => h("tr", {}, h("th", { scope: "row" }, row),
        // First, so that it is in view however many columns there are.
        h("td", { class: "cause" }, faults.map((one) => h("p", {}, said(one)))),
        heading.map((column, place) => {
          const wrong = faultOf(faults, column);
          return h("td", { class: wrong ? "wrong" : "", title: wrong ? inShort(wrong) : null },
            wrong ? "▲ " : "", cells[Number(row) - 1]?.[place] ?? "");
        }))))));
}
