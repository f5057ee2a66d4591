// The page that checks evidence without us: files are dropped or chosen, keys are pasted, nothing is sent or kept.

import { fromCode, verifyCompact } from "./evidence/compact.js";
import { NotABundle } from "./evidence/format.js";
import { Fault } from "./evidence/octets.js";
import { tell, tellNone } from "./evidence/telling.js";
import { verifyBundle } from "./evidence/verdict.js";

const form = document.forms[0];
const answer = document.querySelector("[data-answer]");
let file = null;

const check = async () => {
  const code = form.code.value.trim();
  if (!file && !code) return;
  answer.textContent = "Checking …";
  const witnessVkeys = form.witnesses.value.split("\n").map((line) => line.trim()).filter(Boolean);
  try {
    const logVkey = form.key.value.trim();
    const verdict = code
      ? await verifyCompact(fromCode(code), { logVkey })
      : await verifyBundle(new Uint8Array(await file.arrayBuffer()), { logVkey, witnessVkeys, now: Date.now() / 1000 });
    tell(answer, verdict, { open: true });
  } catch (fault) {
    if (fault instanceof NotABundle) tellNone(answer, fault.message);
    else if (fault instanceof Fault) tellNone(answer, `What you gave cannot be read: ${fault.message}`);
    else tellNone(answer, `The file could not be read: ${fault.message}`);
  }
  answer.scrollIntoView({ block: "nearest" });
};

const take = (files) => {
  if (!files?.length) return;
  [file] = files;
  form.code.value = "";
  document.querySelector("[data-file]").textContent = file.name;
  check();
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
document.querySelector("[data-drop]").hidden = false;
