// Fetches the words of the page's language, made from pharmatrace/locale/<language>/LC_MESSAGES/djangojs.po.

import { teach } from "./evidence/words.js";

/** Learns the words at `address`; without one, or where they do not come, the modules speak English. */
export const learn = async (address) => {
  if (!address) return;
  try {
    const response = await fetch(address);
    if (response.ok) teach(await response.json());
  } catch {
    // English is better than no answer
  }
};
