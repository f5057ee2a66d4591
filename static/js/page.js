// What makes every page a little better where scripts run. Nothing depends on it.

import { copyable } from "./page/copying.js";
import { sentOnce } from "./page/forms.js";
import { listenForKeys } from "./page/keys.js";
import { forgetKeptPages } from "./page/leaving.js";
import { localTimes } from "./page/times.js";

// What is there, and what htmx brings later.
function dress(part) {
  copyable(part);
  localTimes(part);
}

dress(document);
document.addEventListener("htmx:load", (event) => dress(event.target));
sentOnce();
listenForKeys();
forgetKeptPages();

// One tick takes or leaves all rows of a table.
for (const all of document.querySelectorAll("input[data-picks]")) {
  const boxes = [...document.querySelectorAll(`input[name="${all.dataset.picks}"]`)];
  all.closest("[hidden]")?.removeAttribute("hidden");
  all.addEventListener("change", () => {
    for (const box of boxes) box.checked = all.checked;
  });
}

// A mistake that was just made is what the reader should hear and see first.
document.querySelector("[data-focus]")?.focus();
