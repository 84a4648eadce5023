// Reports of a driver: each is on the phone's disk before anything is said, is sent as soon as
// there is a network, and is named so that the service takes it once however often it comes.

import { all, put, remove } from "./phone_store.js";
import { ask, Away, Refused, whoAmI } from "./service.js";

const TRY_EVERY = 5_000;
const TRY_AGAIN = new Set([401, 408, 425, 429]);
const PASSING = new Set(["CG-7013", "CG-7406"]);

let changed = () => {};
let entries = [];
let number = 0;
let who = null;
let isBusy = false;
let needsSignIn = false;

/** Make up the name of a report. */
const newName = () => [...crypto.getRandomValues(new Uint8Array(16))]
  .map((byte) => byte.toString(16).padStart(2, "0")).join("");

const inOrder = (found) => found.toSorted((a, b) => a.made - b.made || a.number - b.number);

/** Begin: what was left behind is read, and sent from now on. */
export async function openOutbox(name, listen) {
  who = name;
  changed = listen;
  await reread();
  addEventListener("online", flush);
  document.addEventListener("visibilitychange", flush);
  setInterval(flush, TRY_EVERY);
  flush();
}

/** Read what is on the disk: another tab may have written there. */
export async function reread() {
  entries = inOrder(await all("outbox")).filter((entry) => entry.by === who);
}

export const reports = () => entries;
export const waiting = () => entries.filter((entry) => entry.state === "waiting");
export const refused = () => entries.filter((entry) => entry.state === "refused");
export const isSignedOut = () => needsSignIn;

const standing = () => entries.map(({ name, state }) => `${name} ${state}`).join();

/** Keep a report, and send it if that can be. */
export async function report(stop, kind, said, now) {
  number += 1;
  const name = newName();
  const entry = { name, stop, by: who, made: now, number, state: "waiting",
    body: { client_event_id: name, at: new Date(now).toISOString(), kind, ...said } };
  await put("outbox", name, entry);
  entries = [...entries, entry];
  changed();
  flush();
}

/** Throw away what the service will never take. */
export async function drop(entry) {
  await remove("outbox", entry.name);
  entries = entries.filter((one) => one.name !== entry.name);
  changed();
}

/** What was sent before the day was read anew stands in the day. */
export async function forgetSent(before) {
  for (const entry of entries.filter((one) => one.state === "sent" && one.sentAt <= before)) {
    await remove("outbox", entry.name);
    entries = entries.filter((one) => one.name !== entry.name);
  }
}

async function flush() {
  if (isBusy) return;
  isBusy = true;
  try {
    // Two tabs of one phone do not send at once.
    const send = async () => {
      const before = standing();
      await reread();
      // What another tab has sent no longer waits here either.
      if (standing() !== before) changed();
      if (waiting().length) await sendAll();
    };
    if (navigator.locks) await navigator.locks.request("coldgrid-outbox", send);
    else await send();
  } finally {
    isBusy = false;
  }
}

async function sendAll() {
  try {
    // Another tab may have signed in anew, or somebody else has this phone now.
    const session = await whoAmI({ stay: true, anew: true });
    if (session.name !== who) throw new Refused(null, 401);
    for (const entry of waiting()) await sendOne(entry);
    needsSignIn = false;
  } catch (error) {
    if (error instanceof Refused && error.status === 401) needsSignIn = true;
    else if (!isPassing(error)) throw error;
  }
  changed();
}

async function sendOne(entry) {
  try {
    await ask(`/v1/stops/${encodeURIComponent(entry.stop)}/events`,
      { method: "POST", body: entry.body });
    await settle(entry, { state: "sent", sentAt: Date.now() });
  } catch (error) {
    if (!(error instanceof Refused) || isPassing(error)) throw error;
    await settle(entry, { state: "refused", why: error.sentence });
  }
}

const isPassing = (error) => error instanceof Away || (error instanceof Refused
  && (error.status >= 500 || TRY_AGAIN.has(error.status) || PASSING.has(error.code)));

async function settle(entry, parts) {
  Object.assign(entry, parts);
  await put("outbox", entry.name, entry);
  changed();
}
