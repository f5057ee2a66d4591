// A button behind every identifier that copies it. Templates write the identifier alone (_identifier.html); the words
// and the picture of the button come with the page.

const SVG = "http://www.w3.org/2000/svg";
const words = document.documentElement.dataset;

function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `${words.sprite}#${name}`);
  svg.append(use);
  return svg;
}

function buttonFor(text) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "copy";
  button.title = words.copy;
  button.setAttribute("aria-label", `${words.copy} ${text}`);
  button.append(icon("copy"));
  let waiting = 0;
  button.addEventListener("click", async () => {
    clearTimeout(waiting);
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      return; // the browser forbids it: the text can still be marked and copied by hand
    }
    const said = document.createElement("span");
    said.setAttribute("role", "status");
    said.textContent = words.copied;
    button.dataset.done = "yes";
    button.replaceChildren(icon("check"), said);
    waiting = setTimeout(() => {
      delete button.dataset.done;
      button.replaceChildren(icon("copy"));
    }, 2000);
  });
  return button;
}

export function copyable(part) {
  if (!navigator.clipboard) return; // only where the page came safely
  for (const shown of part.querySelectorAll("[data-copyable]")) {
    if (shown.nextElementSibling?.classList.contains("copy")) continue;
    shown.after(buttonFor(shown.dataset.copyable || shown.textContent.trim()));
  }
}
