// A photo of a code: the way where there is no live camera, or none that a browser may use.

import { detector } from "./detector.js";
import { cut, FrameRefused, readAtServer } from "./frames.js";

/** Reads the photo just chosen in `field` and tells the code, or why there is none, in the box's live region. */
export const readPhoto = async (form, field, found) => {
  const [file] = field.files;
  const { frames, nothing, trouble } = form.querySelector("[data-scan-camera]").dataset;
  const word = form.querySelector("[data-scan-word]");
  field.value = "";
  if (!file) return;
  word.textContent = "…";
  delete word.dataset.outcome;
  try {
    const picture = await createImageBitmap(file);
    const { width, height } = picture;
    const own = await detector();
    const raw = (own && (await own(picture))) ||
      (await readAtServer(frames, await cut(picture, { x: 0, y: 0, width, height }, "photo")));
    word.textContent = raw ? "" : nothing;
    if (raw) found(raw);
  } catch (fault) {
    word.textContent = fault instanceof FrameRefused ? fault.message : trouble;
  }
};
