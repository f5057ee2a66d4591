// The packing line: scans go off one after the other, each with an id of its own, however fast they come; each is told
// to ear, hand and eye, and a closed case fetches its label. Without this file the page comes back after every scan.

import { copyable } from "./page/copying.js";
import { tell } from "./scan/outcome.js";

const form = document.querySelector("#line-form");
const PAUSE = 2000; // milliseconds until a scan is sent again that the network or the server lost
let queue = Promise.resolve();

const show = (html) => {
  const template = document.createElement("template");
  template.innerHTML = html;
  document.querySelector("#line").replaceWith(template.content);
  const line = document.querySelector("#line");
  copyable(line);
  const { outcome, word } = line.dataset;
  if (outcome) tell(outcome, word, form);
  line.querySelector("[data-fetch]")?.click();
};

const send = async (raw, id) => {
  const body = new FormData(form); // the number of the open case is in it, as the last answer had it
  body.set("code", raw);
  if (id) body.set("scan", id);
  for (;;) {
    try {
      const answer = await fetch(location.href, { method: "POST", body, headers: { "HX-Request": "true" } });
      if (answer.status >= 500) throw new Error(`answer ${answer.status}`); // the server is being started again
      if (answer.ok && !answer.redirected) show(await answer.text());
      else location.reload(); // signed out, or the line was stopped: the page says it
      return;
    } catch {
      tell("unknown", form.dataset.waiting, form);
      await new Promise((done) => {
        setTimeout(done, PAUSE);
      });
    }
  }
};

form?.addEventListener("scan", (event) => {
  event.preventDefault();
  const id = globalThis.crypto?.randomUUID?.();
  queue = queue.then(() => send(event.detail.raw, id));
});

// Whoever comes back from taking a pack off finds the count of now.
window.addEventListener("pageshow", (event) => {
  if (event.persisted) location.reload();
});
