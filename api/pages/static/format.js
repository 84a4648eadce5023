// Numbers, temperatures and times as people read them; times in the zone of the site.

import { given, n, t } from "./words.js";

const MINUTE = 60_000;
const LONGEST_FORECAST = 4 * 60 * MINUTE;
const locale = given.language === "en" ? "en-GB" : "zh-CN";
const formats = new Map();

function zoned(options) {
  const key = JSON.stringify(options);
  if (!formats.has(key)) {
    const all = { timeZone: given.timeZone, hourCycle: "h23", ...options };
    formats.set(key, new Intl.DateTimeFormat(locale, all));
  }
  return formats.get(key);
}

/** Write a number with one decimal and a true minus sign. */
export function decimal(value, digits = 1) {
  const text = Math.abs(value).toFixed(digits);
  return value < 0 && Number(text) !== 0 ? `−${text}` : text;
}

/** Write a number with a comma before every thousand; Intl takes a tenth of a second to begin. */
export function grouped(value, digits = 0) {
  const [whole, rest] = decimal(value, digits).split(".");
  const text = whole.replace(/\B(?=(?:\d{3})+$)/g, ",");
  return rest ? `${text}.${rest}` : text;
}

/** Write a temperature: −18.4 °C, never broken over two lines. */
export const celsius = (value) => `${decimal(value)} °C`;

export const clock = (instant) =>
  zoned({ hour: "2-digit", minute: "2-digit" }).format(new Date(instant));

export const clockSeconds = (instant) =>
  zoned({ hour: "2-digit", minute: "2-digit", second: "2-digit" }).format(new Date(instant));

export const day = (instant) =>
  zoned({ weekday: "short", month: given.language === "en" ? "short" : "long", day: "numeric" })
    .format(new Date(instant)).replace(/,/g, "");

const dayKey = (instant) =>
  zoned({ year: "numeric", month: "2-digit", day: "2-digit" }).format(new Date(instant));

/** Write when something was: the hour today, with the day before that. */
export function moment(instant, now) {
  const time = clock(instant);
  return dayKey(instant) === dayKey(now) ? time : `${day(instant)} ${time}`;
}

/** Write how long something lasts, in whole minutes. */
export function duration(milliseconds) {
  const minutes = Math.max(0, Math.floor(milliseconds / MINUTE));
  if (minutes < 60) return n("time.minutes", minutes);
  const hours = Math.floor(minutes / 60);
  if (hours >= 48) return n("time.days", Math.floor(hours / 24));
  const rest = minutes % 60;
  return rest === 0 ? n("time.hours", hours) : t("time.hours_minutes", { hours, minutes: rest });
}

/** Write how long somebody has waited: minutes and seconds, later in words. */
export function waited(milliseconds) {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  if (seconds >= 3600) return duration(milliseconds);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

/** Say when the goods leave their band, as a headline and what stands below it. */
export function timeToBreach(forecast, now) {
  if (!forecast || !forecast.breach) return null;
  const minutes = (instant) => Math.max(0, Math.round((Date.parse(instant) - now) / MINUTE));
  if (Date.parse(forecast.breach) - now > LONGEST_FORECAST) {
    return { head: t("breach.over_4_h"), range: "" };
  }
  const early = forecast.early ? minutes(forecast.early) : 0;
  const range = forecast.late
    ? t("breach.range", { early, late: minutes(forecast.late) })
    : t("breach.open_range", { early });
  return { head: n("breach.about", minutes(forecast.breach)), range };
}
