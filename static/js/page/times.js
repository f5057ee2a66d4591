// Times in the reader's own zone, with how long ago that is. The server writes UTC, which is what stays without
// scripts, what the foot of the page switches back to, and what a time says when it is pointed at.

const KEPT = "pharmatrace.utc";
const spoken = document.documentElement.lang || "en";
const language = spoken === "en" ? "en-GB" : spoken; // day, month, year, as the server writes them
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC";
const STEPS = [
  ["year", 31557600],
  ["month", 2629800],
  ["week", 604800],
  ["day", 86400],
  ["hour", 3600],
  ["minute", 60],
];
const ago = new Intl.RelativeTimeFormat(language, { numeric: "auto" });

function kept() {
  try {
    return localStorage.getItem(KEPT) === "yes";
  } catch {
    return false; // a browser that keeps nothing
  }
}

function keep(utc) {
  try {
    localStorage.setItem(KEPT, utc ? "yes" : "no");
  } catch {
    // then it holds for this page only
  }
}

function format(timeZone) {
  return new Intl.DateTimeFormat(language, {
    day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone,
  });
}

const local = format(zone);
const inUtc = format("UTC");

export function relative(seconds) {
  const [unit, size] = STEPS.find(([, size]) => Math.abs(seconds) >= size) ?? ["minute", 60];
  return ago.format(Math.trunc(seconds / size), unit);
}

function say(time, utc) {
  const at = new Date(time.dateTime);
  if (Number.isNaN(at.getTime())) return;
  const since = document.createElement("small");
  since.textContent = relative((at.getTime() - Date.now()) / 1000);
  time.title = utc ? `${local.format(at)} ${zone}` : `${inUtc.format(at)} UTC`;
  const shown = document.createElement("span");
  shown.className = "nowrap";
  shown.textContent = utc ? `${inUtc.format(at)} UTC` : local.format(at);
  time.replaceChildren(shown, " ", since);
}

export function localTimes(part) {
  for (const time of part.querySelectorAll("time[data-local]")) say(time, kept());
  if (part === document) listenToTheFoot();
}

function listenToTheFoot() {
  const button = document.querySelector("button[data-zone]");
  if (!button || !document.querySelector("time[data-local]")) return;
  const name = () => {
    button.textContent = kept() ? button.dataset.inUtc : button.dataset.inZone.replace("ZONE", zone);
  };
  name();
  button.closest("[hidden]")?.removeAttribute("hidden");
  button.addEventListener("click", () => {
    keep(!kept());
    name();
    for (const time of document.querySelectorAll("time[data-local]")) say(time, kept());
  });
}
