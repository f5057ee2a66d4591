// The words of our modules in the reader's language. English is in the modules; other languages are a file of theirs,
// made from pharmatrace/locale/<language>/LC_MESSAGES/djangojs.po, which the page names.

const learnt = new Map();

/** Fetches the words at `address`; without one, or where they do not come, the modules speak English. */
export const learn = async (address) => {
  if (!address || learnt.size) return;
  try {
    const response = await fetch(address);
    if (response.ok) for (const [word, said] of Object.entries(await response.json())) learnt.set(word, said);
  } catch {
    // English is better than no answer
  }
};

const fill = (sentence, values) => sentence.replace(/%\((\w+)\)s/g, (whole, name) => (name in values ? String(values[name]) : whole));

/** The sentence in the reader's language, with %(name)s filled in. */
export const say = (sentence, values = {}) => fill(learnt.get(sentence) ?? sentence, values);

/** One of two sentences by a number, which they may name as %(count)s. Our four languages have one and many; French says one of nought, too. */
export const sayCount = (one, many, count) => {
  const said = learnt.get(one);
  const french = document.documentElement.lang === "fr";
  const single = count === 1 || (french && count === 0);
  const forms = Array.isArray(said) ? said : [one, many];
  return fill(forms[single ? 0 : 1], { count });
};
