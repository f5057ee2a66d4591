// The list of a session, newest first: what waits is shown at once, and replaced by the server's line when it is told.

import { copyable } from "../page/copying.js";
import { localTimes } from "../page/times.js";

const NEWEST = 400; // lines kept in the page; older ones are a click away after a reload

export class List {
  constructor(root) {
    this.root = root;
    this.list = root.querySelector("[data-list]");
    this.template = root.querySelector("template[data-waiting-line]");
  }

  line(id) {
    return this.list.querySelector(`[data-scan="${CSS.escape(id)}"]`);
  }

  get newest() {
    const numbers = [...this.list.querySelectorAll("[data-line]")].map((line) => Number(line.dataset.line));
    return Math.max(0, ...numbers);
  }

  waits(scan) {
    if (this.line(scan.id)) return;
    const line = this.template.content.firstElementChild.cloneNode(true);
    line.dataset.scan = scan.id;
    line.querySelector("[data-raw]").textContent = scan.raw;
    const time = line.querySelector("[data-at]");
    time.dateTime = scan.at;
    time.textContent = new Date(scan.at).toLocaleString(document.documentElement.lang);
    this.list.prepend(line);
    this.settle();
  }

  answered(id, html) {
    const line = this.line(id);
    if (!html) line?.remove();
    else if (line) line.outerHTML = html;
    else this.list.insertAdjacentHTML("afterbegin", html);
    this.settle();
  }

  /** Lines that other devices sent, newest first. */
  add(html) {
    const box = document.createElement("template");
    box.innerHTML = html;
    const lines = [...box.content.querySelectorAll("[data-scan]")].reverse();
    for (const line of lines) if (!this.line(line.dataset.scan)) this.list.prepend(line);
    this.settle();
  }

  settle() {
    this.root.querySelector("[data-empty]").hidden = this.list.childElementCount > 0;
    const lines = this.list.querySelectorAll("[data-line]");
    for (let n = lines.length - 1; n >= NEWEST; n -= 1) lines[n].remove();
    copyable(this.list);
    localTimes(this.list);
  }

  /** The order's table, as the server wrote it; empty where there is no order. */
  picks(html) {
    const table = this.root.querySelector("#picks");
    if (table && html) table.outerHTML = html;
  }

  progress(told) {
    const bar = this.root.querySelector("[data-progress]");
    const words = bar.querySelector("[data-progress-words]");
    if (words.textContent !== told.words) words.textContent = told.words;
    for (const name of ["good", "repeats", "stops"]) bar.querySelector(`[data-progress-${name}]`).textContent = told[name];
    const gauge = bar.querySelector("progress");
    if (gauge) gauge.value = told.done;
  }
}
