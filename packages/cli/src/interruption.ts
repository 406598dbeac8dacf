import { EXIT } from "./cliError.ts";

/**
 * One Ctrl-C can arrive twice within this time, from pnpm and from the terminal, ms. A later signal
 * is a second Ctrl-C.
 */
const SAME_KEYPRESS_MS = 400;

/** Converts Ctrl-C and SIGTERM to an AbortSignal. A second signal ends the process immediately. */
export class Interruption {
  readonly #controller = new AbortController();
  readonly #onFirst: () => void;
  #firstAt: number | undefined;

  constructor(onFirst: () => void) {
    this.#onFirst = onFirst;
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Starts to listen. Before this call, the signals have their default effect. */
  listen(): this {
    process.on("SIGINT", this.#receive);
    process.on("SIGTERM", this.#receive);
    return this;
  }

  /** Restores the default effect of the signals. */
  stopListening(): void {
    process.off("SIGINT", this.#receive);
    process.off("SIGTERM", this.#receive);
  }

  /** Does what the first Ctrl-C does, for a prompt that has received Ctrl-C as a key. */
  interrupt(): void {
    if (!this.signal.aborted) this.#receive();
  }

  readonly #receive = (): void => {
    const now = performance.now();
    if (this.#firstAt === undefined) {
      this.#firstAt = now;
      this.#onFirst();
      this.#controller.abort();
    } else if (now - this.#firstAt > SAME_KEYPRESS_MS) {
      process.exit(EXIT.interrupted);
    }
  };
}
