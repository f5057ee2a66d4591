// Lets the page of a session be opened again without a network. It answers nothing while there is one.
//
// Served under /sessions/, so it sees no other page. The server puts VERSION in front: a new version starts anew.

const PAGES = `sessions-pages-${VERSION}`;
const PARTS = `sessions-parts-${VERSION}`;
const SESSION = /^\/sessions\/[0-9a-f-]{36}\/$/;

const isPart = (url) => url.origin === location.origin && url.pathname.startsWith("/static/");

const keepPage = async (address) => {
  const response = await fetch(address);
  const cache = await caches.open(PAGES);
  if (response.ok && !response.redirected) await cache.put(address, response);
  else await caches.delete(PAGES); // signed out: what others may not see is not kept
};

const keepParts = async (addresses) => {
  const cache = await caches.open(PARTS);
  for (const address of addresses) {
    if (isPart(new URL(address)) && !(await cache.match(address))) await cache.add(address).catch(() => {});
  }
};

self.addEventListener("install", () => self.skipWaiting());

self.addEventListener("activate", (event) => {
  const old = (name) => name.startsWith("sessions-") && name !== PAGES && name !== PARTS;
  event.waitUntil(
    caches.keys()
      .then((names) => Promise.all(names.filter(old).map((name) => caches.delete(name))))
      .then(() => self.clients.claim()),
  );
});

self.addEventListener("message", (event) => {
  const { page, parts } = event.data;
  if (SESSION.test(page)) event.waitUntil(Promise.all([keepPage(page), keepParts(parts)]));
});

const orKept = async (request, name, key) => {
  try {
    return await fetch(request);
  } catch (error) {
    const kept = await (await caches.open(name)).match(key);
    if (kept) return kept;
    throw error;
  }
};

self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET") return;
  const url = new URL(request.url);
  if (request.mode === "navigate" && SESSION.test(url.pathname)) {
    event.respondWith(orKept(request, PAGES, url.pathname));
  } else if (isPart(url)) {
    event.respondWith(orKept(request, PARTS, request.url));
  }
});
