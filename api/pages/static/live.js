// Connects a tab to the one feed of its browser, however that browser can share it.

import { Feed } from "./feed.js";
import { given } from "./words.js";

const HERE_EVERY = 20_000;
const CHANNEL = "coldgrid-feed";

/** Hear every message of the feed. */
export function follow(listen) {
  // ?share=… tries the other ways in a browser that knows the first one.
  const wanted = new URLSearchParams(location.search).get("share");
  if (wanted === null && "SharedWorker" in self) throughWorker(listen);
  else if (wanted !== "none" && navigator.locks && "BroadcastChannel" in self) throughLeader(listen);
  else alone(listen);
}

function throughWorker(listen) {
  const { port } = new SharedWorker(given.worker, { type: "module", name: "coldgrid" });
  port.onmessage = ({ data }) => listen(data);
  const here = () => port.postMessage("here");
  here();
  setInterval(here, HERE_EVERY);
  addEventListener("pagehide", () => port.postMessage("bye"));
  addEventListener("pageshow", here);
}

/** Without a shared worker the tab that holds a lock leads, and tells the others. */
function throughLeader(listen) {
  const channel = new BroadcastChannel(CHANNEL);
  channel.onmessage = ({ data }) => {
    if (data !== "hello") listen(data);
  };
  channel.postMessage("hello");
  navigator.locks.request(CHANNEL, () => {
    const feed = new Feed((message) => {
      channel.postMessage(message);
      listen(message);
    });
    channel.onmessage = ({ data }) => {
      if (data === "hello") feed.everything().forEach((message) => channel.postMessage(message));
    };
    feed.start();
    return new Promise(() => {});
  });
}

function alone(listen) {
  new Feed(listen).start();
}
