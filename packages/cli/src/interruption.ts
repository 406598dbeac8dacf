import { EXIT } from "./cliError.ts";

/** pnpm and the terminal may both deliver one Ctrl-C; a signal after this time is a second one. */
const SAME_KEYPRESS_MS = 400;

/** Turns Ctrl-C and SIGTERM into an AbortSignal; a second one ends the process at once. */
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

  /** Until this call the signals keep their default effect. */
  listen(): this {
    process.on("SIGINT", this.#receive);
    process.on("SIGTERM", this.#receive);
    return this;
  }

  /** Gives the signals their default effect back. */
  stopListening(): void {
    process.off("SIGINT", this.#receive);
    process.off("SIGTERM", this.#receive);
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
