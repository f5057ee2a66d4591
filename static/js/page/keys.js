// Keys: whatever has `data-key` is reached by it ("g i": g, then i), and `?` lists what there is on this page.
//
// A scanner types too, and faster than any person: a key counts only when nothing came just before it and nothing
// follows at once. Single letters can be switched off (WCAG 2.1.4).

const FAST = 60; // milliseconds between the keys of a scanner, at most
const PATIENCE = 1500; // between the two keys of a pair
const KEPT = "pharmatrace.keys";
const TYPED_INTO = "input, textarea, select, [contenteditable]";

function switchedOff() {
  try {
    return localStorage.getItem(KEPT) === "off";
  } catch {
    return false;
  }
}

const keyed = () => [...document.querySelectorAll("[data-key]")];

function reach(target) {
  if (target.matches("input, textarea")) {
    target.focus();
    target.select();
  } else {
    target.click();
  }
}

export function listenForKeys() {
  const dialog = document.querySelector("dialog#keys");
  if (!dialog) return;
  let before = { key: "", at: -Infinity };
  let pair = { key: "", at: -Infinity };
  let waiting = 0;

  document.addEventListener("keydown", (event) => {
    const now = event.timeStamp;
    const burst = now - before.at < FAST;
    before = { key: event.key, at: now };
    clearTimeout(waiting);
    if (burst || switchedOff() || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.target.closest?.(TYPED_INTO) || dialog.open) return;
    const wanted = now - pair.at < PATIENCE ? `${pair.key} ${event.key}` : event.key;
    pair = { key: "", at: -Infinity };
    const target = keyed().find((one) => one.dataset.key === wanted);
    if (event.key === "?" || target) {
      event.preventDefault();
      waiting = setTimeout(() => (target ? reach(target) : open(dialog)), FAST);
    } else if (keyed().some((one) => one.dataset.key.startsWith(`${event.key} `))) {
      pair = { key: event.key, at: now };
    }
  });

  const button = document.querySelector("button[data-keys]");
  button?.closest("[hidden]")?.removeAttribute("hidden");
  button?.addEventListener("click", () => open(dialog));
  const on = dialog.querySelector("input[type=checkbox]");
  on.checked = !switchedOff();
  on.addEventListener("change", () => {
    try {
      localStorage.setItem(KEPT, on.checked ? "on" : "off");
    } catch {
      // then they stay as they are
    }
  });
}

function open(dialog) {
  const list = dialog.querySelector("dl");
  const rows = keyed().map((one) => [one.dataset.key, one.dataset.keyWord || one.ariaLabel || one.textContent.trim()]);
  list.replaceChildren(...[...rows, ["?", list.dataset.this], ["Esc", list.dataset.close]].map(([keys, word]) => row(keys, word)));
  dialog.showModal();
}

function row(keys, word) {
  const name = document.createElement("dt");
  for (const key of keys.split(" ")) {
    const cap = document.createElement("kbd");
    cap.textContent = key;
    name.append(cap, " ");
  }
  const meaning = document.createElement("dd");
  meaning.textContent = word;
  const both = document.createElement("div");
  both.append(name, meaning);
  return both;
}
