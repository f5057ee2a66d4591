// What a scan came to, told to ear, hand and eye at once: a packer looks at the pack, not at the screen.
//
// The four sounds differ in length, direction and roughness, so that they are told apart in a noisy hall and by
// somebody who hears high notes badly. None of them is a file.

const MUTE = "pharmatrace.mute";

/** Notes as [frequency in hertz, start in seconds, length in seconds]. */
export const SOUNDS = {
  good: { wave: "sine", loudness: 0.25, notes: [[880, 0, 0.09], [1320, 0.1, 0.14]] },
  repeat: { wave: "sine", loudness: 0.12, notes: [[660, 0, 0.07], [660, 0.14, 0.07]] },
  stop: { wave: "sawtooth", loudness: 0.3, notes: [[180, 0, 0.28], [180, 0.36, 0.28], [150, 0.72, 0.5]] },
  unknown: { wave: "triangle", loudness: 0.3, notes: [[520, 0, 0.16], [350, 0.18, 0.26]] },
};

export const VIBRATIONS = {
  good: [60],
  repeat: [30, 60, 30],
  stop: [300, 100, 300, 100, 500],
  unknown: [150, 80, 150],
};

/** Whether the person at this device has switched the sounds off. Vibration and words stay. */
export const muted = () => {
  try {
    return localStorage.getItem(MUTE) === "yes";
  } catch {
    return false; // storage is shut off: the sounds stay on
  }
};

export const setMuted = (quiet) => {
  try {
    if (quiet) localStorage.setItem(MUTE, "yes");
    else localStorage.removeItem(MUTE);
  } catch {
    // storage is shut off: nothing to remember it in
  }
};

let context;

const play = async ({ wave, loudness, notes }) => {
  const Audio = globalThis.AudioContext;
  if (!Audio) return;
  context ??= new Audio();
  if (context.state === "suspended") await context.resume();
  const now = context.currentTime + 0.01;
  for (const [frequency, start, length] of notes) {
    const tone = context.createOscillator();
    const volume = context.createGain();
    tone.type = wave;
    tone.frequency.value = frequency;
    volume.gain.setValueAtTime(0, now + start);
    volume.gain.linearRampToValueAtTime(loudness, now + start + 0.01);
    volume.gain.setValueAtTime(loudness, now + start + length - 0.03);
    volume.gain.linearRampToValueAtTime(0, now + start + length);
    tone.connect(volume).connect(context.destination);
    tone.start(now + start);
    tone.stop(now + start + length);
  }
};

const regionIn = (root) => {
  const found = root.querySelector("[data-scan-word]") ?? document.querySelector("[data-scan-word]");
  if (found) return found;
  const made = document.createElement("p");
  made.className = "visually-hidden";
  made.setAttribute("role", "status");
  made.dataset.scanWord = "";
  document.body.append(made);
  return made;
};

/**
 * Tells what a scan came to.
 *
 * outcome: "good" (accepted) | "repeat" (was there already, nothing is wrong) | "stop" (must not go on) |
 * "unknown" (could not be read or is not known). word: what is shown and read aloud, in the reader's language.
 * root: where the live region is looked for, the scan box or any part of the page around it.
 */
export const tell = (outcome, word, root = document) => {
  if (!(outcome in SOUNDS)) throw new TypeError(`no such outcome: ${outcome}`);
  const region = regionIn(root);
  region.textContent = ""; // the same word twice is two messages
  region.dataset.outcome = outcome;
  requestAnimationFrame(() => {
    region.textContent = word;
  });
  if (!muted()) play(SOUNDS[outcome]).catch(() => {}); // a page nobody has touched yet may not sound
  navigator.vibrate?.(VIBRATIONS[outcome]);
};
