// Rooms where they are: each site of the newest plan that has rooms, on graph paper of kilometres.
// A frame of rooms stands beside its site as near as the others leave room for it.

import { s } from "./dom.js";
import { icon, zoneGlyph } from "./marks.js";
import { t } from "./words.js";

const WIDTH = 1120;
const HEIGHT = 480;
const EDGE = 8;
const KM_PER_DEGREE = 111.32;
const MOST_LINES = 24;
const CELL = { width: 132, height: 40, gap: 4 };
const COLUMNS = 2;
const HEAD = 22;
const PAD = 6;
const TURNS = 300;
/** Half of the square that marks a site. */
const SITE = 5;
const LONGEST_NAME = 116;

/** Draw it; sites: name, lat, lon and rooms with id, name, zone, state, value and href. */
export function roomMap(sites) {
  const fit = fitted(sites);
  const frames = apart(sites.map((site) => framed(site, fit)));
  return s("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "group", class: "room-map",
    "aria-label": t("shift.map", { km: fit.step }) },
  ...paper(fit),
  ...frames.map(({ at: [x, y], left, top, width, height }) => s("path", { stroke: "var(--ink-3)",
    d: `M${x.toFixed(1)} ${y.toFixed(1)}L${left + width / 2} ${top + height / 2}` })),
  ...frames.map(drawn),
  ...frames.map(({ at: [x, y] }) => s("rect", { x: x - SITE, y: y - SITE, width: 2 * SITE,
    height: 2 * SITE, fill: "var(--surface)", stroke: "var(--ink)", "stroke-width": 2 })),
  s("text", { x: WIDTH - 10, y: HEIGHT - 10, "font-size": 12, "text-anchor": "end",
    class: "over-map", fill: "var(--ink-2)", "aria-hidden": "true" },
  t("shift.map", { km: fit.step })));
}

/** Say where a place lies on the paper, and how many kilometres a square has. */
function fitted(sites) {
  const middle = Math.cos((sites[0].lat * Math.PI) / 180);
  const x = ({ lon }) => lon * KM_PER_DEGREE * middle;
  const y = ({ lat }) => -lat * KM_PER_DEGREE;
  const [west, east] = [Math.min(...sites.map(x)), Math.max(...sites.map(x))];
  const [north, south] = [Math.min(...sites.map(y)), Math.max(...sites.map(y))];
  const scale = Math.min((WIDTH - 2 * CELL.width) / Math.max(east - west, 1),
    (HEIGHT - 3 * CELL.height) / Math.max(south - north, 1));
  return { scale, step: Math.ceil(WIDTH / scale / MOST_LINES),
    place: (site) => [WIDTH / 2 + (x(site) - (west + east) / 2) * scale,
      HEIGHT / 2 + (y(site) - (north + south) / 2) * scale] };
}

function framed(site, { place }) {
  const columns = Math.min(site.rooms.length, COLUMNS);
  const rows = Math.ceil(site.rooms.length / columns);
  const width = 2 * PAD + columns * (CELL.width + CELL.gap) - CELL.gap;
  const height = HEAD + PAD + rows * (CELL.height + CELL.gap) - CELL.gap;
  const at = place(site);
  const top = at[1] < HEIGHT / 2 ? at[1] + 2 * SITE : at[1] - 2 * SITE - height;
  return { site, at, columns, width, height, left: at[0] - width / 2, top };
}

/** Push frames apart where they lie on one another or on a site, and back onto the paper. */
function apart(frames) {
  const sites = frames.map(({ at: [x, y] }) => ({ left: x - SITE, top: y - SITE, width: 2 * SITE,
    height: 2 * SITE, isFixed: true }));
  for (let turn = 0; turn < TURNS; turn += 1) {
    let moved = false;
    frames.forEach((frame, index) => [...frames.slice(index + 1), ...sites].forEach((other) => {
      moved = push(frame, other) || moved;
    }));
    for (const one of frames) {
      one.left = Math.min(Math.max(one.left, EDGE), WIDTH - EDGE - one.width);
      one.top = Math.min(Math.max(one.top, EDGE), HEIGHT - EDGE - one.height);
    }
    if (!moved) break;
  }
  return frames;
}

/** Move two boxes off one another by the shorter way; a site stays. Says whether they were. */
function push(a, b) {
  const [here, there] = [middle(a), middle(b)];
  const across = (a.width + b.width) / 2 + EDGE - Math.abs(here[0] - there[0]);
  const along = (a.height + b.height) / 2 + EDGE - Math.abs(here[1] - there[1]);
  if (across <= 0.5 || along <= 0.5) return false;
  const [side, by, which] = across < along ? ["left", across, 0] : ["top", along, 1];
  const sign = here[which] < there[which] ? 1 : -1;
  a[side] -= sign * by * (b.isFixed ? 1 : 0.5);
  if (!b.isFixed) b[side] += (sign * by) / 2;
  return true;
}

const middle = ({ left, top, width, height }) => [left + width / 2, top + height / 2];

function paper({ scale, step }) {
  const size = scale * step;
  const found = [];
  for (let x = (WIDTH / 2) % size; x < WIDTH; x += size) found.push(`M${x.toFixed(1)} 0V${HEIGHT}`);
  for (let y = (HEIGHT / 2) % size; y < HEIGHT; y += size) found.push(`M0 ${y.toFixed(1)}H${WIDTH}`);
  return [s("rect", { width: WIDTH, height: HEIGHT, fill: "var(--ground)" }),
    s("path", { stroke: "var(--hairline)", d: found.join("") })];
}

function drawn({ site, left, top, width, height, columns }) {
  return s("g", { transform: `translate(${left.toFixed(1)} ${top.toFixed(1)})` },
    s("rect", { width, height, rx: 6, fill: "var(--surface)", stroke: "var(--control-edge)" }),
    s("text", { x: PAD, y: 16, "font-size": 13, "font-weight": 700, fill: "var(--ink)" },
      shortened(site.name, width - 2 * PAD)),
    ...site.rooms.map((room, place) => cell(room,
      PAD + (place % columns) * (CELL.width + CELL.gap),
      HEAD + Math.floor(place / columns) * (CELL.height + CELL.gap))));
}

function cell(room, x, y) {
  const word = t(`severity.${room.state}`);
  const glyph = room.zone ? zoneGlyph(room.zone, 16) : null;
  const state = icon(room.state, 16);
  glyph?.setAttribute("x", 6);
  glyph?.setAttribute("y", 20);
  state.setAttribute("x", CELL.width - 22);
  state.setAttribute("y", 20);
  return s("a", { href: room.href, class: `map-room ${room.state}`, "aria-label":
    [room.name, room.value, word].join(t("cause.comma")), transform: `translate(${x} ${y})` },
  s("title", {}, `${room.name} · ${word}`),
  s("rect", { width: CELL.width, height: CELL.height, rx: 4 }),
  s("text", { x: 6, y: 15, "font-size": 12 }, shortened(room.name, LONGEST_NAME)),
  glyph, s("text", { x: 28, y: 33, "font-size": 14, "font-weight": 700 }, room.value), state);
}

/** Cut a name to what there is room for: an ideograph is as wide as two letters. */
function shortened(name, width) {
  let left = width;
  let kept = "";
  for (const sign of name) {
    left -= sign.codePointAt(0) > 0x2e80 ? 13 : 7;
    if (left < 0) return `${kept.trimEnd()}…`;
    kept += sign;
  }
  return kept;
}
