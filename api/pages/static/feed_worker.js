// The shared worker: one feed for every tab of this browser.

import { Feed } from "./feed.js";

const FORGOTTEN_AFTER = 180_000;
const LOOK_EVERY = 30_000;

const tabs = new Map();
const feed = new Feed((message) => {
  for (const port of tabs.keys()) port.postMessage(message);
});

self.onconnect = ({ ports: [port] }) => {
  port.onmessage = ({ data }) => {
    if (data === "bye") {
      tabs.delete(port);
    } else {
      // A hidden tab speaks rarely; one that was forgotten comes back with its next word.
      const isNew = !tabs.has(port);
      tabs.set(port, Date.now());
      if (isNew) feed.everything().forEach((message) => port.postMessage(message));
    }
    if (tabs.size) feed.start();
    else feed.stop();
  };
};

setInterval(() => {
  for (const [port, heardAt] of tabs) {
    if (Date.now() - heardAt > FORGOTTEN_AFTER) tabs.delete(port);
  }
  if (!tabs.size) feed.stop();
}, LOOK_EVERY);
