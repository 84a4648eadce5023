// Keys of the cold-chain board; off while somebody types, in dialogs, and by a setting.

import { areOn, isForPage } from "./key_help.js";

export const KEYS = [["j_k", "j_k"], ["a", "a"], ["s", "s"], ["enter", "enter"], ["m", "m"]];

/** Listen to J, K, A, S and M; Enter opens what has the focus. */
export function listenToKeys(board) {
  const rows = () => [...board.list.children];
  const here = () => rows().findIndex((row) => row.contains(document.activeElement));
  const go = (step) => {
    const all = rows();
    if (!all.length) return;
    const from = here();
    const to = from < 0 ? (step > 0 ? 0 : all.length - 1)
      : Math.min(Math.max(from + step, 0), all.length - 1);
    all[to].focus();
  };
  const press = (deed) => rows()[here()]?.querySelector(`[data-deed="${deed}"]`)?.click();
  const deeds = {
    j: () => go(1),
    k: () => go(-1),
    a: () => press("acknowledge"),
    s: () => press("shelve"),
    m: () => board.edges.toggleSound(),
  };
  addEventListener("keydown", (event) => {
    const { target, key } = event;
    if (!isForPage(event)) return;
    if (key === "Enter" && target.matches("article")) {
      press("story");
      return;
    }
    const deed = deeds[key.toLowerCase()];
    if (!deed || !areOn()) return;
    event.preventDefault();
    deed();
  });
}
