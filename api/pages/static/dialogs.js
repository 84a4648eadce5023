// Asks before something is done to an alarm, and tells its story.

import { endButton, field, form, open } from "./dialog.js";
import { h } from "./dom.js";
import { celsius, moment } from "./format.js";
import { acknowledgeNow } from "./deeds.js";
import { kindOf, person } from "./place_words.js";
import { ask } from "./service.js";
import { isShelved } from "./standing.js";
import { given, t } from "./words.js";

const SHELVE_MINUTES = [15, 30, 60, 120, 240];

const rightsOf = (alarm) => given.alarmRights[String(alarm.grade ?? 1)];

/** Say whether a role may do something to an alarm. */
export const may = (role, action, alarm) =>
  (rightsOf(alarm)?.roles[action] ?? []).includes(role);

const words = (needed) => h("textarea", { id: "comment", name: "comment", rows: 2,
  maxlength: 1000, required: needed });

/** Ask which alarm of a place is meant; ``all`` is offered where that makes sense. */
function which(alarms, { all = false } = {}) {
  if (alarms.length === 1) return [];
  return [field(t("dialog.which"), h("select", { id: "alarm", name: "alarm" },
    all ? h("option", { value: "" }, t("dialog.all")) : null,
    alarms.map((alarm) => h("option", { value: alarm.id },
      `${t(`severity.${alarm.severity}`)} · ${kindOf(alarm)}`))))];
}

const act = (alarm, action, body) =>
  ask(`/v1/alarms/${encodeURIComponent(alarm)}/${action}`, { method: "POST", body });

const oneLine = (text) => text.replace(/\s+/g, " ").trim();

/** Acknowledge with a comment. */
export function askAcknowledge(place, alarms) {
  const dialog = open(t("dialog.acknowledge", { place: place.name }),
    form(() => dialog, [field(t("dialog.comment"), words(false))], t("deed.acknowledge"),
      ({ comment }) => acknowledgeNow(alarms.map((one) => one.id), oneLine(comment))));
}

/** Shelve the alarms of a place, or one of them: a time and a reason are needed. */
export function askShelve(place, role, now) {
  const active = place.alarms.filter((alarm) => alarm.state === "active");
  const [first] = active;
  const longest = rightsOf(first)?.longestMinutes[role] ?? SHELVE_MINUTES[0];
  const choices = SHELVE_MINUTES.filter((minutes) => minutes <= longest);
  const until = (minutes) => moment(new Date(now + minutes * 60_000).toISOString(), now);
  const dialog = open(t("dialog.shelve", { place: place.name }),
    form(() => dialog, [
      ...which(active, { all: true }),
      field(t("dialog.how_long"), h("select", { id: "minutes", name: "minutes" },
        choices.map((minutes) => h("option", { value: minutes, selected: minutes === 30 },
          t("dialog.minutes_until", { minutes, at: until(minutes) }))))),
      field(t("dialog.reason"), words(true)),
      h("p", { class: "quiet" }, t("dialog.shelve_note")),
    ], t("deed.shelve"), async ({ alarm, minutes, comment }) => {
      const body = { minutes: Number(minutes), comment: oneLine(comment) };
      const meant = alarm ? [alarm] : active.map((one) => one.id);
      for (const one of meant) await act(one, "shelve", body);
    }));
}

/** End the shelving of all that is shelved at a place. */
export async function unshelve(place, now) {
  for (const alarm of place.alarms.filter((one) => isShelved(one, now))) {
    await act(alarm.id, "unshelve", {});
  }
}

/** Tell all that happened to the alarms of a place; comment or close them from there. */
export async function showStory(place, role, now) {
  const list = h("div", {}, h("p", { class: "quiet" }, t("loading.story")));
  const dialog = open(place.name, list);
  const stories = await Promise.all(place.alarms.map((alarm) =>
    ask(`/v1/alarms/${encodeURIComponent(alarm.id)}`)));
  list.replaceChildren(...stories.map((story) => chapter(story, now)));
  const forms = [];
  if (may(role, "comment", place.lead)) {
    forms.push(form(() => dialog, [...which(place.alarms), field(t("dialog.comment"), words(true))],
      t("deed.comment"), ({ alarm, comment }) =>
        act(alarm ?? place.lead.id, "comment", { comment: oneLine(comment) })));
  }
  const closable = place.alarms.filter((alarm) => may(role, "close", alarm));
  const close = closable.length
    ? [h("button", { type: "button", class: "button", onclick: () => askClose(place, closable) },
      t("deed.close"))] : [];
  list.after(h("div", { class: "ends" }, ...close), ...forms);
  if (!forms.length) list.after(h("div", { class: "ends" }, endButton(() => dialog)));
}

function chapter(story, now) {
  return h("section", {},
    h("h3", {}, `${t(`severity.${story.severity}`)} · ${kindOf(story)}`),
    h("p", { class: "quiet" }, t("story.rule", { rule: story.rule })),
    h("table", {}, h("tbody", {}, story.events.map((event) =>
      h("tr", {}, h("td", { class: "nowrap" }, moment(event.at, now)),
        h("td", {}, t(`event.${event.kind}`)), h("td", {}, person(event.by)),
        h("td", {}, event.comment ?? ""))))),
    story.calls.length
      ? h("p", { class: "quiet" }, t("story.calls", { receivers: story.calls.map((call) =>
        `${call.receiver} (${t(`call.${call.state}`)})`).join(t("cause.comma")) })) : null,
    story.estimate ? h("p", { class: "quiet" }, t("story.estimate", {
      air: celsius(story.estimate.air_c), product: celsius(story.estimate.product_c) })) : null);
}

function askClose(place, alarms) {
  const dialog = open(t("dialog.close", { place: place.name }),
    form(() => dialog, [
      ...which(alarms),
      field(t("dialog.reason"), words(true)),
      h("p", { class: "quiet" }, t("dialog.close_note")),
    ], t("deed.close"), ({ alarm, comment }) =>
      act(alarm ?? alarms[0].id, "close", { comment: oneLine(comment) })));
}
