// Reads the rows of a table as the reader's own file has them, so that faults can stand beside them.

const LOCAL = 0x04034b50;
const CENTRAL = 0x02014b50;
const END = 0x06054b50;
const LONGEST_TAIL = 65_557;

/** Give the rows of a CSV text: cells by row, quotes undone; the first is the heading. */
export function csvRows(text) {
  const rows = [[]];
  let cell = "";
  let isQuoted = false;
  const bare = text.replace(/^\uFEFF/, "");
  for (let at = 0; at < bare.length; at += 1) {
    const sign = bare[at];
    if (isQuoted) {
      if (sign !== '"') cell += sign;
      else if (bare[at + 1] === '"') {
        cell += '"';
        at += 1;
      } else isQuoted = false;
    } else if (sign === '"') isQuoted = true;
    else if (sign === ",") {
      rows.at(-1).push(cell);
      cell = "";
    } else if (sign === "\n") {
      rows.at(-1).push(cell.replace(/\r$/, ""));
      rows.push([]);
      cell = "";
    } else cell += sign;
  }
  rows.at(-1).push(cell);
  return rows;
}

/** Give the rows of a sheet of a workbook; null where there is no such sheet. */
export async function sheetRows(file, sheet) {
  const parts = await unzipped(file);
  const read = async (name) => (parts.has(name)
    ? new DOMParser().parseFromString(await parts.get(name)(), "application/xml") : null);
  const book = await read("xl/workbook.xml");
  const links = await read("xl/_rels/workbook.xml.rels");
  const entries = [...book.getElementsByTagNameNS("*", "sheet")];
  const found = entries.find((one) => one.getAttribute("name") === sheet)
    ?? (entries.length === 1 ? entries[0] : null);
  if (!found || !links) return null;
  const link = [...found.attributes].find((one) => one.localName === "id")?.value;
  const target = [...links.getElementsByTagNameNS("*", "Relationship")]
    .find((one) => one.getAttribute("Id") === link)?.getAttribute("Target");
  const page = await read(target.startsWith("/") ? target.slice(1) : `xl/${target}`);
  const shared = await read("xl/sharedStrings.xml");
  const texts = shared ? [...shared.getElementsByTagNameNS("*", "si")].map(textOf) : [];
  return cellsOf(page, texts);
}

const textOf = (node) => [...node.getElementsByTagNameNS("*", "t")].map((one) => one.textContent).join("");

function cellsOf(page, texts) {
  const rows = [];
  for (const row of page.getElementsByTagNameNS("*", "row")) {
    const cells = [];
    for (const cell of row.getElementsByTagNameNS("*", "c")) {
      const letters = (cell.getAttribute("r") ?? "").replace(/\d/g, "");
      const column = letters ? [...letters].reduce((sum, one) => sum * 26 + one.charCodeAt(0) - 64, 0) - 1
        : cells.length;
      const value = cell.getElementsByTagNameNS("*", "v")[0]?.textContent ?? "";
      const kind = cell.getAttribute("t");
      cells[column] = kind === "s" ? texts[Number(value)] : kind === "inlineStr" ? textOf(cell) : value;
    }
    rows[Number(row.getAttribute("r") ?? rows.length + 1) - 1] = Array.from(cells, (one) => one ?? "");
  }
  return Array.from(rows, (one) => one ?? []);
}

/** Read what a zip file holds: a function per name that unpacks it. */
async function unzipped(file) {
  const bytes = new Uint8Array(await file.arrayBuffer());
  const view = new DataView(bytes.buffer);
  let end = bytes.length - 22;
  while (end > Math.max(0, bytes.length - LONGEST_TAIL) && view.getUint32(end, true) !== END) end -= 1;
  const parts = new Map();
  let at = view.getUint32(end + 16, true);
  while (at + 46 <= bytes.length && view.getUint32(at, true) === CENTRAL) {
    const [size, name, extra, comment] = [view.getUint32(at + 20, true), view.getUint16(at + 28, true),
      view.getUint16(at + 30, true), view.getUint16(at + 32, true)];
    const [method, place] = [view.getUint16(at + 10, true), view.getUint32(at + 42, true)];
    const label = new TextDecoder().decode(bytes.subarray(at + 46, at + 46 + name));
    parts.set(label, () => unpacked(bytes, view, { method, place, size }));
    at += 46 + name + extra + comment;
  }
  return parts;
}

async function unpacked(bytes, view, { method, place, size }) {
  if (view.getUint32(place, true) !== LOCAL) throw new RangeError("no zip entry here");
  const begin = place + 30 + view.getUint16(place + 26, true) + view.getUint16(place + 28, true);
  const packed = new Blob([bytes.subarray(begin, begin + size)]);
  const stream = method === 0 ? packed.stream()
    : packed.stream().pipeThrough(new DecompressionStream("deflate-raw"));
  return new Response(stream).text();
}
