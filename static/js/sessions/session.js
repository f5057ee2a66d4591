// A scan session: each scan is kept on this device first, then sent; the network may come and go.
//
// Without scripts the same page works by sending its forms.

import { tell } from "../scan/outcome.js";
import { Bar } from "./bar.js";
import { List } from "./list.js";
import { NotSent, Sender, post } from "./sending.js";
import { forget, keep, kept, newId, refuse } from "./store.js";

const LOOK_AGAIN = 10000; // what colleagues scanned into the same session
const WORST = ["stop", "unknown", "repeat", "good"];

const root = document.querySelector("[data-session]");
const { session, person } = root.dataset;
const form = root.querySelector("form[data-scan-box]"); // not there once it was signed or dropped
const token = document.querySelector("[name=csrfmiddlewaretoken]").value;
const list = new List(root);

const mine = () => kept(session, person);

const bar = new Bar(root.querySelector("[data-sending]"), {
  forgotten: async (scan) => {
    await forget([scan.order]);
    bar.show(await mine());
  },
});

const say = (told) => {
  const worst = WORST.find((outcome) => told.some((one) => one.outcome === outcome));
  if (!worst) return;
  const sentence = told.filter((one) => one.outcome === worst).at(-1).sentence;
  const word = root.dataset[worst];
  tell(worst, sentence ? `${word}: ${sentence}` : word, root);
};

const answered = async (scans, answer) => {
  const told = new Map(answer.scans.map((one) => [one.id, one]));
  const taken = [];
  for (const scan of scans) {
    const one = told.get(scan.id);
    if (!one) continue;
    if (one.outcome === "refused") await refuse(scan, one.sentence);
    else taken.push(scan.order);
    list.answered(scan.id, one.html ?? "");
  }
  await forget(taken);
  bar.sent += taken.length;
  list.progress(answer.progress);
  list.picks(answer.picks);
  bar.show(await mine());
  bar.say("");
  say(scans.map((scan) => told.get(scan.id)).filter((one) => one && one.outcome !== "refused"));
  if (!told.size) throw new NotSent("trouble");
};

const sender = new Sender({
  kept: mine,
  send: (scans) => post(root.dataset.scans, token, scans),
  answered,
  failed: (error) => bar.say(error.state, error.sentence),
});

form?.addEventListener("scan", async (event) => {
  event.preventDefault();
  const { raw, at, source } = event.detail;
  const scan = { id: newId(), raw, at, source };
  const waiting = await mine().catch(() => []);
  if (waiting.some((one) => one.raw === raw && !one.refused)) {
    tell("repeat", root.dataset.keptAlready, form);
    sender.flush();
    return;
  }
  try {
    await keep(session, person, scan);
  } catch {
    bar.say("full");
    tell("stop", bar.word.textContent, form);
    return;
  }
  list.waits(scan);
  bar.show(await mine());
  if (!(await sender.flush())) tell("repeat", root.dataset.kept, form);
});

// Nobody signs while scans of theirs still wait.
document.querySelector("[data-review]")?.addEventListener("click", async (event) => {
  const link = event.currentTarget;
  event.preventDefault();
  if (await sender.flush()) location.assign(link.href);
  else bar.say("first");
});

// A row is taken off without leaving the page.
root.addEventListener("submit", async (event) => {
  const removing = event.target.closest("[data-remove]");
  if (!removing) return;
  event.preventDefault();
  event.stopPropagation();
  try {
    const response = await fetch(removing.action, {
      method: "POST",
      redirect: "manual",
      headers: { "X-CSRFToken": token, Accept: "application/json" },
    });
    if (!response.ok) throw new NotSent("trouble", (await response.json().catch(() => ({}))).sentence);
    const answer = await response.json();
    removing.closest("[data-line]").remove();
    list.settle();
    list.progress(answer.progress);
    tell("repeat", root.dataset.removed, form);
    form.querySelector("[data-scan-input]").focus();
  } catch (error) {
    delete removing.dataset.sent;
    bar.say(error instanceof NotSent ? "trouble" : "offline", error instanceof NotSent ? error.sentence : "");
  }
}, true);

const lookAgain = async () => {
  if (document.visibilityState !== "visible" || sender.running) return;
  try {
    const response = await fetch(`${root.dataset.lines}?after=${list.newest}`, {
      redirect: "manual",
      headers: { Accept: "application/json" },
    });
    if (!response.ok) return;
    const answer = await response.json();
    if (answer.state !== "open") {
      // Somebody signed it. What waited here is refused, which the page of a closed session tells as well.
      if (await sender.flush()) location.reload();
      return;
    }
    list.add(answer.html);
    list.progress(answer.progress);
  } catch {
    // the sender says what there is to say about the network
  }
};

const keepPage = async () => {
  if (!navigator.serviceWorker) return;
  await navigator.serviceWorker.register(root.dataset.worker);
  const { active } = await navigator.serviceWorker.ready;
  const parts = performance.getEntriesByType("resource").map((entry) => entry.name);
  active.postMessage({ page: location.pathname, parts });
};

const waiting = await mine();
for (const scan of waiting) if (!scan.refused) list.waits(scan);
bar.show(waiting);
sender.flush();
if (form) setInterval(lookAgain, LOOK_AGAIN);
addEventListener("load", keepPage);
if (document.readyState === "complete") keepPage();
