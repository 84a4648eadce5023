// What people do to alarms. An acknowledgement can be taken back for ten seconds before it is sent;
// what cannot be sent waits here, also through a reload, and is sent once the link is back.

import { ask, Away, Refused } from "./service.js";

const KEY = "coldgrid_deeds";
const UNDO = 10_000;
const TRY_EVERY = 1_000;
const ORPHANED_AFTER = 30_000;
const CONFLICT = 409;
const me = crypto.randomUUID?.() ?? String(Math.random());

let changed = () => {};
const refusals = new Map();

// Asked many times in each drawing, and changed by this tab or another.
let kept = null;

function read() {
  kept ??= JSON.parse(localStorage.getItem(KEY) ?? "[]");
  return kept;
}

function write(deeds) {
  kept = deeds;
  localStorage.setItem(KEY, JSON.stringify(deeds));
  changed();
}

/** Call somebody whenever what waits has changed, and begin to send. */
export function onDeeds(listen) {
  changed = listen;
  addEventListener("storage", ({ key }) => {
    if (key !== KEY) return;
    kept = null;
    listen();
  });
  addEventListener("pagehide", sendAtOnce);
  setInterval(() => flush(), TRY_EVERY);
}

/** Acknowledge in ten seconds, unless it is taken back. */
export const acknowledgeSoon = (alarms) => add(alarms, "acknowledge", {}, Date.now() + UNDO);

/** Acknowledge now, with words. */
export function acknowledgeNow(alarms, comment) {
  undo(alarms);
  return add(alarms, "acknowledge", comment ? { comment } : {}, Date.now());
}

function add(alarms, action, body, due) {
  alarms.forEach((alarm) => refusals.delete(alarm));
  const others = read().filter((deed) => !alarms.includes(deed.alarm));
  write([...others, ...alarms.map((alarm) => ({ alarm, action, body, due, owner: me }))]);
  return flush();
}

/** Take back what has not been sent yet. */
export function undo(alarms) {
  write(read().filter((deed) => !alarms.includes(deed.alarm)));
}

/** Say what waits for an alarm: null, "undo" while it can be taken back, else "queued". */
export function waitingFor(alarm, now = Date.now()) {
  const deed = read().find((one) => one.alarm === alarm);
  if (!deed) return null;
  return deed.due > now ? "undo" : "queued";
}

/** Give why something was refused, once it was. */
export const refusalOf = (alarm) => refusals.get(alarm) ?? null;

let sending = false;

async function flush() {
  if (sending) return;
  sending = true;
  try {
    const now = Date.now();
    const ours = (deed) => deed.owner === me || now - deed.due > ORPHANED_AFTER;
    for (const deed of read().filter((one) => one.due <= now && ours(one))) {
      if (!(await sent(deed))) break;
    }
  } finally {
    sending = false;
  }
}

async function sent(deed) {
  try {
    await post(deed);
  } catch (error) {
    if (error instanceof Away || error.status >= 500) return false;
    // Somebody else was faster: what was wanted is so.
    if (!(error instanceof Refused)) throw error;
    if (error.status !== CONFLICT) refusals.set(deed.alarm, error.sentence);
  }
  write(read().filter((one) => one.alarm !== deed.alarm || one.due !== deed.due));
  return true;
}

const post = (deed, options = {}) =>
  ask(`/v1/alarms/${encodeURIComponent(deed.alarm)}/${deed.action}`,
    { method: "POST", body: deed.body, ...options });

/** Who leaves the page has not taken it back. */
function sendAtOnce() {
  const ours = read().filter((deed) => deed.owner === me);
  for (const deed of ours) post(deed, { keepalive: true }).catch(() => {});
  // It stays until an answer was seen: sent twice, the second is refused and nothing changes.
}
