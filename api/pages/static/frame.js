// What every page has at its edges: the way to the other pages, the language, who is signed in.

import { h } from "./dom.js";
import { listenToHelp } from "./key_help.js";
import { icon } from "./marks.js";
import { ask, Away, whoAmI } from "./service.js";
import { given, t } from "./words.js";

const YEAR = 365 * 24 * 3600;

/** Keep the chosen language, and show the page in it; what is typed elsewhere is not lost. */
function choose(language) {
  document.cookie = `coldgrid_language=${language}; Path=/; Max-Age=${YEAR}; SameSite=Lax`;
  location.reload();
}

export function languageSwitch() {
  for (const button of document.querySelectorAll("[data-language]")) {
    button.addEventListener("click", () => choose(button.dataset.language));
  }
}

/** Furnish the edges; gives who is signed in. keys: pairs, what the page listens to besides. */
export async function frame(keys = []) {
  languageSwitch();
  listenToHelp(keys);
  const session = await whoAmI();
  const nav = document.getElementById("places");
  if (nav) {
    nav.replaceChildren(...places(session.role).map(({ name, path }) =>
      h("a", { href: path, "aria-current": isHere(path) ? "page" : null }, t(`place.${name}`))));
  }
  showUser(session);
  return session;
}

export const places = (role) => given.places.filter((place) => place.roles.includes(role));

/** Give the links of the bar at the bottom of a phone, with icons. */
export const bottomLinks = (role) => places(role).map(({ name, path }) =>
  h("a", { href: path, "aria-current": isHere(path) ? "page" : null }, icon(name, 22),
    t(`place_short.${name}`)));

const isHere = (path) => location.pathname === path;

function showUser(session) {
  const user = document.getElementById("user");
  if (!user) return;
  const name = session.name.replace(/^user:/, "");
  user.replaceChildren(
    h("span", {}, session.name === "local" ? t("frame.this_machine") : name,
      h("span", { class: "quiet" }, ` ${t(`role.${session.role}`)}`)));
  if (session.csrf_token) {
    user.append(h("button", { type: "button", class: "button plain", onclick: signOut },
      t("frame.sign_out")));
  }
}

async function signOut() {
  await ask("/v1/session", { method: "DELETE" });
  location.assign("/sign-in");
}

/** Show as a sentence what went wrong while a page was filled. */
export function showFailure(error) {
  const text = error.sentence ?? (error instanceof Away ? t("error.away") : t("error.defect"));
  const main = document.getElementById("main");
  main.replaceChildren(h("p", { class: "empty", role: "alert" }, text));
  if (!error.sentence) throw error;
}
