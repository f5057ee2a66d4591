// Marks: entries of the registry that say something later about an event. Its key was stolen; it was erased.

import { checkEntry } from "./entry_checks.js";
import { Fault } from "./octets.js";
import { checkErasure, signedWithStolen, stolenReport } from "./registry_entries.js";

/** The marks of one event: signed by the registrar, in the log, and about this event as far as that shows. */
export const checkMarks = async (event, place, registrar, trees, findings) => {
  const { stolen, erased } = event;
  if (stolen && (await markStands("stolen", stolen, `${place}/stolen`, registrar, trees, findings))) {
    // Which key it was is not shown, so that this event is the report's is the bundle's word; nobody gains by it.
    await findings.attempt(Fault, "stolen", `${place}/stolen`, async () => {
      findings.doubts("stolen", `${place}/stolen`, signedWithStolen(await stolenReport(stolen, registrar)));
    });
  }
  const where = `${place}/erased/event`;
  if (erased && (await markStands("erased", erased.event, where, registrar, trees, findings))) {
    await findings.attempt(Fault, "erased", where, async () => {
      const when = await checkErasure(erased.event, event, registrar);
      findings.holds("erased", where, `the registrar says that this event was erased on ${when}`);
      findings.notChecked("erased", where, "what the event said: nobody can show it any more");
    });
  }
};

const markStands = async (name, mark, place, registrar, trees, findings) => {
  if (!(await checkEntry(mark, place, trees, findings))) return false;
  if (!registrar) findings.notChecked(name, place, "the registrar of the log is not known");
  return Boolean(registrar);
};
