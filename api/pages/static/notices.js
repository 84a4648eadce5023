// What is foreseen and may come to nothing: it calls nobody, so it stands apart from the alarms and
// asks for no deed.

import { h, say } from "./dom.js";
import { icon, zoneGlyph } from "./marks.js";
import { causeOf, timeOf, valueOf } from "./place_words.js";
import { traceOf } from "./place_rows.js";
import { n, t } from "./words.js";

const byId = (id) => document.getElementById(id);

/** Draw the notices of a board, the soonest first. */
export function drawNotices(places, now, stale) {
  byId("notices").hidden = !places.length;
  if (!places.length) return;
  say(byId("notices-title"), n("notices.title", places.length));
  const list = byId("notices-list");
  const kept = new Map([...list.children].map((one) => [one.dataset.notice, one]));
  const wanted = places.map((place) => {
    const element = kept.get(place.id) ?? notice(place);
    fill(element, place, now, stale);
    return element;
  });
  for (const element of [...list.children]) if (!wanted.includes(element)) element.remove();
  wanted.forEach((element, position) => {
    const there = list.children[position];
    if (there !== element) list.insertBefore(element, there ?? null);
  });
}

const notice = (place) => h("li", { class: "notice", "data-notice": place.id },
  h("span", { class: "mark" }), place.zone ? zoneGlyph(place.zone, 20) : h("span"),
  h("span", { class: "grow" }, h("a", { href: traceOf(place.id) }, place.name),
    h("span", { class: "quiet cause" })),
  h("b", { class: "measured nowrap" }), h("span", { class: "due" }));

function fill(element, place, now, stale) {
  const [mark] = element.children;
  if (mark.dataset.mark !== place.category) {
    mark.dataset.mark = place.category;
    mark.replaceChildren(icon(place.category, 20));
  }
  say(element.querySelector(".cause"), ` ${causeOf(place)}`);
  const { value, head } = valueOf(place, now);
  say(element.querySelector(".measured"), value === null ? "—" : `${head} °C`);
  const due = timeOf(place, now, stale);
  say(element.querySelector(".due"), due.below ? `${due.head} · ${due.below}` : due.head);
}

/** Say how many there are, where nobody can read a list. */
export const noticesInShort = (places) => (places.length ? t("notices.short",
  { count: places.length }) : "");
