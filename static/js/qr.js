// A QR code of evidence leads here; what it carries stands behind the # of the address and was not sent to the server.

import { fromCode, verifyCompact } from "./evidence/compact.js";
import { tell, tellNone } from "./evidence/telling.js";
import { say } from "./evidence/words.js";
import { learn } from "./learn.js";

const answer = document.querySelector("[data-answer]");

const check = async () => {
  if (location.hash.length < 2) return;
  answer.textContent = say("Checking …");
  const { vkey } = answer.dataset;
  try {
    // The key is this site's word: the answer is not green for it.
    tell(answer, await verifyCompact(fromCode(location.hash), { logVkey: vkey, confirmed: false }));
  } catch (fault) {
    tellNone(answer, say("This cannot be read:"), fault.message);
  }
};

await learn(answer.dataset.words);
window.addEventListener("hashchange", check);
await check();
