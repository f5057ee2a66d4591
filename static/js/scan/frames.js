// Pictures that are read at our own server, where the browser cannot read a DataMatrix itself. Nothing is kept there.

const LONGEST_SIDE = { camera: 1280, photo: 2048 };

/** A part of a picture as JPEG, small enough for what it is. `source` is a video, an image or an image bitmap. */
export const cut = (source, { x, y, width, height }, from) => {
  const scale = Math.min(1, LONGEST_SIDE[from] / Math.max(width, height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(width * scale);
  canvas.height = Math.round(height * scale);
  canvas.getContext("2d").drawImage(source, x, y, width, height, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", 0.85));
};

/**
 * What the server reads in a picture: the raw text of the first code, "" where there is none. Throws a `FrameRefused`
 * with the server's own sentence where it does not take the picture.
 */
export class FrameRefused extends Error {
  constructor({ code, sentence }, wait) {
    super(sentence);
    this.code = code;
    this.wait = wait;
  }
}

export const readAtServer = async (address, picture) => {
  const answer = await fetch(address, {
    method: "POST",
    body: picture,
    headers: { "Content-Type": picture.type, Accept: "application/json" },
    credentials: "omit", // who looks does not matter: no cookie travels
    redirect: "error",
  });
  const told = await answer.json();
  if (!answer.ok) throw new FrameRefused(told, Number(answer.headers.get("Retry-After")) || 0);
  return told.codes[0]?.raw ?? "";
};
