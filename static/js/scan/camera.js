// The camera as a scanner: it stays on between codes, and the same code in view counts once.

import { detector } from "./detector.js";
import { cut, FrameRefused, readAtServer } from "./frames.js";

const PAUSE = 250; // milliseconds between two looks
const AGAIN = 2500; // the same code counts again when it was out of view that long
const running = new WeakMap();

const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

// The middle of the picture, as the frame on the screen shows it: what is outside is not meant.
const middle = ({ videoWidth, videoHeight }) => {
  const side = Math.min(videoWidth, videoHeight);
  return { x: (videoWidth - side) / 2, y: (videoHeight - side) / 2, width: side, height: side };
};

const reader = async (address) =>
  (await detector()) ??
  (async (video) => readAtServer(address, await cut(video, middle(video), "camera")));

class Camera {
  #stream;
  #last = "";
  #seen = 0;

  constructor(form, found) {
    this.form = form;
    this.found = found;
    this.place = form.querySelector("[data-scan-camera]");
    this.video = this.place.querySelector("video");
    this.button = form.querySelector("[data-scan-camera-button]");
  }

  say(word) {
    this.place.querySelector("[data-scan-camera-word]").textContent = word;
  }

  async start() {
    this.place.hidden = false;
    this.button.setAttribute("aria-expanded", "true");
    try {
      this.#stream = await navigator.mediaDevices.getUserMedia({
        video: { facingMode: "environment", width: { ideal: 1920 }, height: { ideal: 1080 } },
      });
    } catch (fault) {
      this.say(fault.name === "NotAllowedError" ? this.place.dataset.refused : this.place.dataset.absent);
      return;
    }
    this.video.srcObject = this.#stream;
    await this.video.play();
    this.say(this.place.dataset.looking);
    this.read = await reader(this.place.dataset.frames);
    while (this.#stream && this.form.isConnected) {
      await this.look();
      await pause(PAUSE);
    }
    this.stop();
  }

  async look() {
    let raw;
    try {
      raw = document.hidden ? "" : await this.read(this.video);
    } catch (fault) {
      this.say(fault instanceof FrameRefused ? fault.message : this.place.dataset.trouble);
      await pause(fault.wait ? fault.wait * 1000 : 4 * PAUSE);
      return;
    }
    if (!raw) return;
    const now = performance.now();
    const same = raw === this.#last && now - this.#seen < AGAIN;
    this.#last = raw;
    this.#seen = now;
    if (!same) {
      this.say(this.place.dataset.looking);
      this.found(raw);
    }
  }

  stop() {
    for (const track of this.#stream?.getTracks() ?? []) track.stop();
    this.#stream = null;
    this.video.srcObject = null;
    this.place.hidden = true;
    this.button.setAttribute("aria-expanded", "false");
  }
}

/** Opens the camera of a scan box, or closes it. `found(raw)` is called for each code that comes into view. */
export const toggleCamera = async (form, found) => {
  const open = running.get(form);
  if (open) {
    running.delete(form);
    open.stop();
    return;
  }
  const camera = new Camera(form, found);
  running.set(form, camera);
  await camera.start();
};
