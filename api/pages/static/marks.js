// Icons and glyphs: a severity is a fill, an icon and a word; a zone a shape and a letter.

import { s } from "./dom.js";
import { t } from "./words.js";

const line = (d, width = 1.8, more = {}) =>
  s("path", { fill: "none", stroke: "currentColor", "stroke-width": width, d, ...more });
const fill = (d) => s("path", { fill: "currentColor", d });
const inner = (d, width) => s("path", { stroke: "var(--behind)", "stroke-width": width, d });

const DRAWINGS = {
  critical: () => [fill("M6 1h8l5 5v8l-5 5H6l-5-5V6Z"), inner("M10 5v6.2M10 13.3v2.4", 2.4)],
  warning: () => [fill("M10 1 19.6 18.4H.4Z"), inner("M10 6.6v5.4M10 13.9v2.3", 2.2)],
  predicted: () => [line("M10 2 18.6 17.6H1.4Z", 1.8, { "stroke-dasharray": "3 2" }),
    line("M10 8v4.6l3 1.8")],
  no_data: () => [s("circle", { cx: 10, cy: 10, r: 8.4, fill: "none", stroke: "currentColor",
    "stroke-width": 1.8, "stroke-dasharray": "2 2" }), line("M4 16 16 4", 2)],
  info: () => [ring(), line("M10 9v5.4M10 5.4v2", 2.2)],
  cleared: () => [ring(), line("m5.8 10.4 3 3 5.4-6", 2.2)],
  normal: () => [line("m3.4 10.4 4.4 4.4 8.6-9.4", 2.2)],
  acknowledged: () => [ring(), line("m5.8 10.4 3 3 5.4-6", 2.2)],
  shelved: () => [ring(), line("M7.6 6.4v7.2M12.4 6.4v7.2", 2.4)],
  sound_on: () => [fill("M2 7h4l5-4.4v14.8L6 13H2Z"),
    line("M14 6.4a5 5 0 0 1 0 7.2M16.4 4a8.4 8.4 0 0 1 0 12")],
  sound_off: () => [fill("M2 7h4l5-4.4v14.8L6 13H2Z"), line("m13.6 7.4 5 5.2M18.6 7.4l-5 5.2")],
  cold_chain: () => [fill("M10 1 19.6 18.4H.4Z"), inner("M10 6.6v5.4M10 13.9v2.3", 2.2)],
  dispatch: () => [line("M3 16c5 0 1-9 7-9s2 7 7-3"), fill("M1 14h4v4H1zM15 1h4v4h-4z")],
  locked: () => [fill("M4 9h12v9H4z"), line("M6.5 9V6a3.5 3.5 0 0 1 7 0v3", 2)],
  pinned: () => [fill("M6 1h8l-1 6 3 4H4l3-4zM9 11h2v8H9z")],
  move: () => [line("M1.6 10h16.8M5 6l-4 4 4 4M15 6l4 4-4 4", 2)],
  points: () => [line("M3 5h14M3 10h14M3 15h14")],
  shift: () => [line("M4 2.6h12v15H4zM7 7h6M7 10.4h6M7 13.8h4")],
  reroutes: () => [line("m10 1 9 9-9 9-9-9Z"), line("M6 8.4h7.4l-2-2M14 11.6H6.6l2 2", 1.7)],
  scenarios: () => [line("M2 16.6h16"), line("M4.6 13.6V9M10 13.6V3M15.4 13.6V6.4", 3)],
  other: () => [ring(), line("M6 10h.1M10 10h.1M14 10h.1", 2.4, { "stroke-linecap": "round" })],
};

const ring = () => s("circle", { cx: 10, cy: 10, r: 8.4, fill: "none", stroke: "currentColor",
  "stroke-width": 1.8 });

/** Draw an icon; the word for it stands beside, so readers skip it. */
export const icon = (name, size = 20) =>
  s("svg", { width: size, height: size, viewBox: "0 0 20 20", "aria-hidden": "true" },
    (DRAWINGS[name] ?? DRAWINGS.other)());

const SHAPES = {
  frozen: () => s("path", { d: "M10 .8 18 5.4v9.2L10 19.2 2 14.6V5.4Z" }),
  chilled: () => s("circle", { cx: 10, cy: 10, r: 9.2 }),
  controlled: () => s("rect", { x: 1.6, y: 1.6, width: 16.8, height: 16.8, rx: 2 }),
};

/** Draw the glyph of a temperature zone. */
export function zoneGlyph(zone, size = 22) {
  const shape = SHAPES[zone]();
  shape.setAttribute("fill", `var(--${zone})`);
  const letter = s("text", { x: 10, y: 14, "font-size": 10.5, "font-weight": 700,
    "text-anchor": "middle", fill: "var(--surface)" }, t(`zone_letter.${zone}`));
  const name = t(`zone.${zone}`);
  return s("svg", { width: size, height: size, viewBox: "0 0 20 20", role: "img",
    "aria-label": name }, shape, letter);
}
