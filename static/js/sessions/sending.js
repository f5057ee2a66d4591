// Sends what waits, in order and in batches, until the server has said of each scan what became of it.
//
// Sending twice is harmless: the server knows each scan by its id. So a lost answer is asked for again.

const BATCH = 100;
const FIRST_PAUSE = 1000;
const LONGEST_PAUSE = 30000;

/** Why nothing went through. `state`: offline | trouble | signed-out; `sentence` where the server gave one. */
export class NotSent extends Error {
  constructor(state, sentence = "") {
    super(sentence || state);
    this.state = state;
    this.sentence = sentence;
  }
}

/** Posts scans; resolves to the answer, throws NotSent. */
export const post = async (address, token, scans) => {
  let response;
  try {
    response = await fetch(address, {
      method: "POST",
      redirect: "manual", // to the sign-in page, which is no answer
      headers: { "Content-Type": "application/json", "X-CSRFToken": token, Accept: "application/json" },
      body: JSON.stringify({ scans: scans.map(({ id, raw, at, source }) => ({ id, raw, at, source })) }),
    });
  } catch {
    throw new NotSent("offline");
  }
  if (response.type === "opaqueredirect") throw new NotSent("signed-out");
  if (!response.ok) {
    const told = await response.json().catch(() => ({}));
    throw new NotSent("trouble", told.sentence ?? "");
  }
  return response.json();
};

/**
 * One queue for a page. kept(): resolves to what waits; send(scans): resolves to the server's answer; answered(scans,
 * answer): is awaited before the next batch; failed(error): tells why it is tried again later.
 */
export class Sender {
  constructor({ kept, send, answered, failed }) {
    Object.assign(this, { kept, send, answered, failed });
    this.pause = FIRST_PAUSE;
    addEventListener("online", () => this.flush());
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "visible") this.flush();
    });
  }

  /** Sends all that waits; resolves to true once nothing does. Two calls at once are one. */
  flush() {
    clearTimeout(this.timer);
    this.running ??= this.work().finally(() => {
      this.running = undefined;
    });
    return this.running;
  }

  async work() {
    for (;;) {
      const waiting = (await this.kept()).filter((scan) => !scan.refused).slice(0, BATCH);
      if (!waiting.length) return true;
      try {
        await this.answered(waiting, await this.send(waiting));
        this.pause = FIRST_PAUSE;
      } catch (error) {
        if (!(error instanceof NotSent)) throw error;
        this.failed(error);
        this.timer = setTimeout(() => this.flush(), this.pause);
        this.pause = Math.min(this.pause * 2, LONGEST_PAUSE);
        return false;
      }
    }
  }
}
