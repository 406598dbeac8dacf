/** The parts of the platform that the client uses. Tests replace them. */
export interface Environment {
  fetch(url: string, init: RequestInit): Promise<Response>;
  /** Milliseconds since 1970, to compare with a date that a server sent. */
  nowMs(): number;
  /** Milliseconds since some moment. Durations are measured with it: `nowMs` can jump. */
  monotonicMs(): number;
  /** A number from 0 up to 1, 1 excluded. */
  random(): number;
  /** Fills the bytes with random values that cannot be guessed. */
  fillRandom(bytes: Uint8Array<ArrayBuffer>): void;
  /**
   * Calls `run` once after the time.
   * @returns a function that prevents the call
   */
  after(ms: number, run: () => void): () => void;
}

/** A timer of the platform with a longer time ends at once. */
const TIMER_MS_MAX = 2 ** 31 - 1;

/** The platform: Node or a browser. */
export function platform(fetchGiven?: Environment["fetch"]): Environment {
  return {
    // Browsers refuse a `fetch` that is called as the method of another object.
    fetch: fetchGiven ?? ((url, init) => globalThis.fetch(url, init)),
    nowMs: () => Date.now(),
    monotonicMs: () => performance.now(),
    random: () => Math.random(),
    fillRandom: (bytes) => void globalThis.crypto.getRandomValues(bytes),
    after(ms, run) {
      const timer = setTimeout(run, Math.min(ms, TIMER_MS_MAX));
      return () => clearTimeout(timer);
    },
  };
}
