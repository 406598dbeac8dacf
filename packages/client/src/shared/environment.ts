/** The parts of the platform that the client uses. Tests replace them. */
export interface Environment {
  fetch(url: string, init: RequestInit): Promise<Response>;
  /** Milliseconds since 1970. */
  nowMs(): number;
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

/** The platform: Node or a browser. */
export function platform(fetchGiven?: Environment["fetch"]): Environment {
  return {
    // Browsers refuse a `fetch` that is called as the method of another object.
    fetch: fetchGiven ?? ((url, init) => globalThis.fetch(url, init)),
    nowMs: () => Date.now(),
    random: () => Math.random(),
    fillRandom: (bytes) => void globalThis.crypto.getRandomValues(bytes),
    after(ms, run) {
      const timer = setTimeout(run, ms);
      return () => clearTimeout(timer);
    },
  };
}
