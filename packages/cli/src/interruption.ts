import { EXIT } from "./cliError.ts";

/**
 * One Ctrl-C can arrive twice within this time, from pnpm and from the terminal, ms. A later signal
 * is a second Ctrl-C.
 */
const SAME_KEYPRESS_MS = 400;

export type InterruptingSignal = "SIGINT" | "SIGTERM";

/** Converts Ctrl-C and SIGTERM to an AbortSignal. A second signal ends the process immediately. */
export class Interruption {
  readonly #controller = new AbortController();
  readonly #onFirst: () => void;
  readonly #onSecond: () => void;
  #firstAt: number | undefined;
  #cause: InterruptingSignal | undefined;

  /** @param onSecond called before the process ends immediately */
  constructor(onFirst: () => void, onSecond: () => void = () => {}) {
    this.#onFirst = onFirst;
    this.#onSecond = onSecond;
  }

  /** The first signal; undefined before it. */
  get cause(): InterruptingSignal | undefined {
    return this.#cause;
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Starts to listen. Before this call, the signals have their default effect. */
  listen(): this {
    process.on("SIGINT", this.#onInt);
    process.on("SIGTERM", this.#onTerm);
    return this;
  }

  /** Restores the default effect of the signals. */
  stopListening(): void {
    process.off("SIGINT", this.#onInt);
    process.off("SIGTERM", this.#onTerm);
  }

  /** Does what the first Ctrl-C does, for a prompt that has received Ctrl-C as a key. */
  interrupt(): void {
    if (!this.signal.aborted) this.#receive("SIGINT");
  }

  readonly #onInt = (): void => this.#receive("SIGINT");
  readonly #onTerm = (): void => this.#receive("SIGTERM");

  #receive(signal: InterruptingSignal): void {
    const now = performance.now();
    if (this.#firstAt === undefined) {
      this.#firstAt = now;
      this.#cause = signal;
      this.#onFirst();
      this.#controller.abort();
    } else if (now - this.#firstAt > SAME_KEYPRESS_MS) {
      this.#onSecond();
      process.exit(EXIT.interrupted);
    }
  }
}
