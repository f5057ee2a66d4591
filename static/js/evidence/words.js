// The words of our modules in the reader's language. English is in the modules; a page that speaks another one teaches
// them its words first (../learn.js).

const learnt = new Map();

/** Takes the words of a language in place of those before: sentences by their English, or pairs of one and many. */
export const teach = (words) => {
  learnt.clear();
  for (const [word, said] of Object.entries(words)) learnt.set(word, said);
};

const fill = (sentence, values) => sentence.replace(/%\((\w+)\)s/g, (whole, name) => (name in values ? String(values[name]) : whole));

/** The sentence in the reader's language, with %(name)s filled in. */
export const say = (sentence, values = {}) => fill(learnt.get(sentence) ?? sentence, values);

/** One of two sentences by a number, which they may name as %(count)s. Our four languages have one and many; French says one of nought, too. */
export const sayCount = (one, many, count, values = {}) => {
  const said = learnt.get(one);
  const french = document.documentElement.lang === "fr";
  const single = count === 1 || (french && count === 0);
  const forms = Array.isArray(said) ? said : [one, many];
  return fill(forms[single ? 0 : 1], { ...values, count });
};
