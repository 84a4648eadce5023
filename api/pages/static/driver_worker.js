// The service worker of the driver's page: keeps the page itself, so that it opens without a
// network. It keeps no fact of the operation; those are in the page's own database.

const CACHE = "coldgrid-driver";
const PAGE = "/driver";
const STATIC = "/static/";
const PATIENCE = 4_000;

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

/** The page says what it was made of; what an older one needed is thrown away. */
self.addEventListener("message", (event) => {
  if (event.data?.kind === "keep") event.waitUntil(keep(event.data.files));
});

async function keep(files) {
  const cache = await caches.open(CACHE);
  const wanted = new Set([PAGE, ...files]);
  await Promise.all(files.map(async (path) => {
    if (!await cache.match(path)) await cache.add(path);
  }));
  // The page comes last: one that is kept has all that it is made of.
  await cache.add(PAGE);
  for (const { url } of await cache.keys()) {
    if (!wanted.has(new URL(url).pathname)) await cache.delete(url);
  }
}

self.addEventListener("fetch", (event) => {
  const { pathname, origin } = new URL(event.request.url);
  if (event.request.method !== "GET" || origin !== self.location.origin) return;
  if (event.request.mode === "navigate" && pathname === PAGE) event.respondWith(page(event.request));
  // An address of a file has its version in it: what is kept is right.
  if (pathname.startsWith(STATIC)) event.respondWith(file(event.request));
});

async function page(request) {
  try {
    const answer = await fetch(request, { signal: AbortSignal.timeout(PATIENCE) });
    // The whole of it: a network that goes away in the middle of the page is no network.
    if (answer.ok) return new Response(await answer.blob(), answer);
  } catch {
    // No network, or too slow a one: the kept page is as good.
  }
  const kept = await caches.match(PAGE);
  return kept ?? Response.error();
}

const file = async (request) => (await caches.match(request)) ?? fetch(request);
