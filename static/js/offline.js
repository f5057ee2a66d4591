// The page that checks evidence without us: files are dropped or chosen, keys are pasted, nothing is sent or kept.
// It speaks four languages: English stands on it, the words of the others lie in it.

import { fromCode, verifyCompact } from "./evidence/compact.js";
import { NotABundle } from "./evidence/format.js";
import { Fault } from "./evidence/octets.js";
import { tell, tellNone } from "./evidence/telling.js";
import { verifyBundle } from "./evidence/verdict.js";
import { say, teach } from "./evidence/words.js";

const form = document.forms[0];
const answer = document.querySelector("[data-answer]");
const shownFile = document.querySelector("[data-file]");
const tongues = document.querySelector("[data-tongues]");
const lexicon = JSON.parse(document.getElementById("lexicon").textContent);
let file = null;
let retell = () => {}; // says the last answer once more, in the language of now

const check = async () => {
  const code = form.code.value.trim();
  if (!file && !code) return;
  answer.textContent = say("Checking …");
  const witnessVkeys = form.witnesses.value.split("\n").map((line) => line.trim()).filter(Boolean);
  try {
    const logVkey = form.key.value.trim();
    const verdict = code
      ? await verifyCompact(fromCode(code), { logVkey })
      : await verifyBundle(new Uint8Array(await file.arrayBuffer()), { logVkey, witnessVkeys, now: Date.now() / 1000 });
    retell = () => tell(answer, verdict, { open: true });
  } catch (fault) {
    const ours = fault instanceof NotABundle || fault instanceof Fault;
    retell = () => tellNone(answer, say(ours ? "This cannot be read:" : "The file could not be read:"), fault.message);
  }
  retell();
  answer.scrollIntoView({ block: "nearest" });
};

const take = (files) => {
  if (!files?.length) return;
  [file] = files;
  form.code.value = "";
  shownFile.removeAttribute("data-say"); // a name is the same in every language
  shownFile.textContent = file.name;
  check();
};

const speak = (tongue) => {
  teach(lexicon[tongue] ?? {});
  document.documentElement.lang = tongue;
  for (const place of document.querySelectorAll("[data-say]")) {
    place.dataset.say ||= place.textContent; // its English
    place.textContent = say(place.dataset.say);
  }
  document.title = `${document.querySelector("h1").textContent} · PharmaTrace`;
  for (const choice of tongues.querySelectorAll("button")) choice.setAttribute("aria-pressed", String(choice.value === tongue));
  retell();
};

/** The first that the address or the browser asks for and that the page has. */
const askedTongue = () => {
  const asked = [new URLSearchParams(location.search).get("lang") ?? "", ...(navigator.languages ?? [])];
  return asked.map((code) => code.slice(0, 2).toLowerCase()).find((code) => code === "en" || code in lexicon) ?? "en";
};

form.addEventListener("submit", (event) => event.preventDefault());
form.addEventListener("change", (event) => (event.target === form.file ? take(form.file.files) : check()));
for (const kind of ["dragenter", "dragover", "dragleave", "drop"]) {
  window.addEventListener(kind, (event) => {
    event.preventDefault();
    document.body.classList.toggle("dragging", kind === "dragenter" || kind === "dragover");
    if (kind === "drop") take(event.dataTransfer?.files);
  });
}
tongues.addEventListener("click", (event) => {
  const choice = event.target.closest("button");
  if (choice) speak(choice.value);
});
speak(askedTongue());
for (const part of [form, tongues]) part.hidden = false;
