// Checks the evidence of the pack on this page, in this browser: fetches the file that the page links to and looks at
// its bytes. What the page shows of the pack must be what the bytes say.

const differencesOf = (section, bundle, say) => {
  const found = [];
  const { subject } = section.dataset;
  if (bundle.subject !== subject) found.push(say("The proof is of another pack: %(pack)s.", { pack: bundle.subject }));
  for (const shown of document.querySelectorAll("[data-proven]")) {
    const name = shown.dataset.proven;
    const said = new Set(bundle.events.map((event) => event.fact(name)).filter((value) => value !== null));
    const text = (shown.dataset.value ?? shown.textContent).trim();
    const spelled = name === "product" ? `https://id.gs1.org/01/${text}` : text;
    if (said.size && !said.has(spelled)) found.push(say("The page shows %(shown)s; signed was %(signed)s.", { shown: text, signed: [...said].join(", ") }));
  }
  return found;
};

const recheck = async (section, answer) => {
  const [{ verifyBundle }, { tell, tellNone }, { NotABundle }, { say }, { learn }] = await Promise.all([
    import("./evidence/verdict.js"),
    import("./evidence/telling.js"),
    import("./evidence/format.js"),
    import("./evidence/words.js"),
    import("./learn.js"),
  ]);
  await learn(section.dataset.words);
  try {
    const response = await fetch(section.dataset.recheck, { headers: { Accept: "application/json" } });
    if (!response.ok) {
      tellNone(answer, say(response.status === 503 ? "The newest record waits to be sealed into the log. Try again in a few seconds." : "The server gives no evidence."));
      return;
    }
    const verdict = await verifyBundle(new Uint8Array(await response.arrayBuffer()), { now: Date.now() / 1000 });
    tell(answer, verdict, { open: "open" in section.dataset, differences: verdict.bundle ? differencesOf(section, verdict.bundle, say) : [] });
  } catch (fault) {
    const ours = fault instanceof NotABundle;
    tellNone(answer, say(ours ? "This cannot be read:" : "The file could not be fetched or read:"), fault.message);
  }
};

for (const section of document.querySelectorAll("[data-recheck]")) {
  const button = section.querySelector("button");
  const answer = section.querySelector("[data-answer]");
  section.hidden = false;
  button.addEventListener("click", async () => {
    button.disabled = true;
    answer.textContent = button.dataset.busy;
    await recheck(section, answer);
    button.disabled = false;
  });
}
