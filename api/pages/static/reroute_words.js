// What cases and ways out are called, and the figures of them as people read them.

import { decimal, grouped } from "./format.js";
import { given, n, t } from "./words.js";

const GRADES = { I: 1, II: 2, III: 3 };

/** Write money in whole yuan. */
export function yuan(cents) {
  const text = grouped(Math.abs(cents) / 100);
  return cents < 0 && text !== "0" ? `−¥${text}` : `¥${text}`;
}

/** Write kilograms: a decimal where it says something. */
export const kilograms = (value) => decimal(value, value !== 0 && Math.abs(value) < 100 ? 1 : 0);

/** Give sentences in the language of the page. */
export const spokenBy = (texts) => texts[given.language === "en" ? "en" : "zh"];

/** Name what broke. */
export function brokenIn({ kind, vehicle, zone }) {
  if (kind === "compartment") return t("broke.compartment", { vehicle, zone: t(`zone.${zone}`) });
  if (kind === "breakdown" && vehicle) return t("broke.breakdown", { vehicle });
  return t(`broke.${kind === "breakdown" ? "other" : kind}`);
}

export const gradeOf = ({ severity }) => t(`grade.${GRADES[severity]}`);

/** Say why a way out is not offered; a case of an earlier release has only a sentence. */
export function whyNot({ code, figures, reason }) {
  if (!code) return reason;
  const blanks = { ...figures };
  if (blanks.zone) blanks.zone = t(`zone.${blanks.zone}`);
  if (blanks.codes) {
    blanks.codes = blanks.codes.split(", ").map((one) => t(`violation.${one}`)).join(t("cause.comma"));
  }
  return t(`why.${code}`, blanks);
}

const NOT_SENT = [
  [/^not sent: no webhook/, "told.no_webhook"],
  [/^not sent: the broker has no/, "told.no_rights"],
  [/^not sent: no broker/, "told.no_broker"],
  [/^not sent: the vehicle's id/, "told.no_topic"],
];

/** Say why something was not told; what we have no words for is given as it came. */
export const whyNotSent = (detail) =>
  t(NOT_SENT.find(([pattern]) => pattern.test(detail))?.[1] ?? "told.as_is", { detail });

/** Say when the goods break, as a countdown and a span of clock times. */
export function breachOf(situation) {
  const breach = situation?.breach;
  if (!breach) return null;
  return { breach: breach.p50, early: breach.p10, late: breach.p90 };
}

/** Write a change of minutes with its sign. */
export function minutesMore(minutes) {
  const size = n("time.minutes", Math.abs(minutes));
  return minutes === 0 ? size : `${minutes < 0 ? "−" : "+"}${size}`;
}
