// Asks for name and password, then leads to where the reader wanted to go, or where their work is.

import { say } from "./dom.js";
import { languageSwitch, places } from "./frame.js";
import { ask, Refused, whoAmI } from "./service.js";
import { t } from "./words.js";

const form = document.getElementById("form");
const refusal = document.getElementById("refusal");

/** Give where to go next: only ever a page of this service. */
function next(role) {
  const back = new URLSearchParams(location.search).get("back") ?? "";
  if (back.startsWith("/") && new URL(back, location.origin).origin === location.origin) return back;
  return places(role)[0]?.path ?? "/";
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  refusal.hidden = true;
  const button = form.querySelector("button");
  button.disabled = true;
  try {
    const { name, password } = Object.fromEntries(new FormData(form));
    const session = await ask("/v1/session", { method: "POST", body: { name, password } });
    location.replace(next(session.role));
  } catch (error) {
    const wrong = error instanceof Refused && error.status === 401;
    say(refusal, wrong ? t("sign_in.wrong") : error.sentence);
    refusal.hidden = false;
    form.elements.password.select();
  } finally {
    button.disabled = false;
  }
});

languageSwitch();
try {
  const session = await whoAmI({ stay: true });
  document.getElementById("enter").href = next(session.role);
  if (session.name === "local") {
    document.getElementById("open").hidden = false;
    form.hidden = true;
  }
} catch (error) {
  if (!(error instanceof Refused)) throw error;
  // Whoever has begun to type already is not moved elsewhere.
  if (document.activeElement === document.body) form.elements.name.focus();
}
