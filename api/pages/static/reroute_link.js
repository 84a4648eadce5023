// Says whether what is shown follows the cases as they change.

import { say } from "./dom.js";
import { t } from "./words.js";

const PATIENCE = 5_000;

/** Give a function that takes what the feed says of the link. */
export function linkWord(element) {
  let isLive = false;
  const draw = () => {
    say(element, isLive ? t("reroute.live") : t("live.away"));
    element.hidden = false;
  };
  // Who has just come is not told that nothing is there.
  setTimeout(draw, PATIENCE);
  return ({ reroutes }) => {
    const was = isLive;
    isLive = reroutes;
    if (isLive || was) draw();
  };
}
