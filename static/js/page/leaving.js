// Pages that were kept for the time without a network are nobody's once nobody is signed in: the next person at this
// device must not find them. Scans that wait to be sent stay; each is kept under who made it.

const KEPT_PAGES = "sessions-pages-"; // as sessions/worker.js names them

export async function forgetKeptPages() {
  if (document.body.classList.contains("signed-in")) return;
  try {
    const names = await caches.keys();
    await Promise.all(names.filter((name) => name.startsWith(KEPT_PAGES)).map((name) => caches.delete(name)));
  } catch {
    // no such storage in this browser, or not here: then nothing was kept either
  }
}
