// Asks /v1 as the reader: with their session, and the token that proves it is this page.

import { given, has, t } from "./words.js";

/** The service said no; ``sentence`` is for people. */
export class Refused extends Error {
  constructor(problem, status) {
    super(problem?.detail ?? String(status));
    this.status = status;
    this.code = problem?.code ?? "";
    this.problem = problem;
  }

  get sentence() {
    if (!this.problem) return t("error.status", { status: this.status });
    const { detail, action, code } = this.problem;
    const key = `refusal.${code.toLowerCase().replace("-", "_")}`;
    if (!has(key)) return t("error.refused", { detail, action: action ?? "", code });
    // The service writes its details in English.
    const more = given.language === "en" ? ` ${detail}.` : "";
    return t("error.refused_as", { cause: t(key), code }) + more;
  }
}

/** The service cannot be reached. */
export class Away extends Error {
  get sentence() {
    return t("error.away");
  }
}

let session = null;
let offset = 0;

/** Give the instant by the service's clock: the one of a wall screen may be wrong. */
export const now = () => Date.now() + offset;

/** Say who is signed in, asked once unless anew; leads to the sign-in page where nobody is. */
export async function whoAmI({ stay = false, anew = false } = {}) {
  if (session === null || anew) {
    try {
      session = await ask("/v1/session");
    } catch (error) {
      if (error instanceof Refused && error.status === 401 && !stay) signIn();
      throw error;
    }
  }
  return session;
}

/** Lead to the sign-in page, and from there back here. */
export function signIn() {
  const here = location.pathname + location.search;
  location.assign(`/sign-in?back=${encodeURIComponent(here)}`);
}

/** Ask for something, or change it. */
export async function ask(path, { method = "GET", body, keepalive = false, headers = {} } = {}) {
  const sent = { Accept: "application/json", ...headers };
  // A form says itself where its parts end.
  const isForm = body instanceof FormData;
  if (body !== undefined && !isForm) sent["Content-Type"] = "application/json";
  if (method !== "GET" && session?.csrf_token) sent["X-CSRF-Token"] = session.csrf_token;
  let answer;
  try {
    answer = await fetch(path, { method, headers: sent, keepalive,
      body: body === undefined || isForm ? body : JSON.stringify(body) });
  } catch {
    throw new Away();
  }
  const said = Date.parse(answer.headers.get("date") ?? "");
  if (!Number.isNaN(said)) offset = said - Date.now();
  const text = await answer.text();
  const found = text && (answer.headers.get("content-type") ?? "").includes("json")
    ? JSON.parse(text) : text || null;
  if (!answer.ok) throw new Refused(typeof found === "object" ? found : null, answer.status);
  return found;
}
