import type { Clock } from "./clock.ts";

export interface BackgroundLoop {
  /** Starts the loop; a second call changes nothing. */
  start(): void;
  /** Asks the loop to end and waits for the running iteration. Further calls have no effect. */
  stop(): Promise<void>;
  /** Ends the current pause, so that the next iteration begins immediately. */
  nudge(): void;
}

export interface BackgroundLoopOptions {
  readonly name: string;
  readonly clock: Clock;
  /** Pause between iterations when there was nothing to do. */
  readonly idleMs: number;
  /** Shortest time between the starts of two iterations, also after a nudge. Default: 0. */
  readonly intervalMinMs?: number;
  /** Pause after an iteration that failed. */
  readonly failureMs: number;
  /** Runs one iteration. Returns true when the next iteration must begin without a pause. */
  readonly runOnce: (signal: AbortSignal) => Promise<boolean>;
  readonly onError: (error: unknown) => void;
}

/**
 * Runs a background activity (promotion, relay, expiry) again and again. Iterations never overlap.
 * An error is reported and the loop continues. `stop` waits for the running iteration.
 */
export function backgroundLoop(options: BackgroundLoopOptions): BackgroundLoop {
  const { clock } = options;
  const stopping = new AbortController();
  let running: Promise<void> | undefined;
  let pause = new AbortController();
  let nudged = false;

  async function iterate(): Promise<number> {
    try {
      return (await options.runOnce(stopping.signal)) ? 0 : options.idleMs;
    } catch (error) {
      options.onError(error);
      return options.failureMs;
    }
  }

  async function run(): Promise<void> {
    while (!stopping.signal.aborted) {
      const nextMinMs = clock.monotonicMs() + (options.intervalMinMs ?? 0);
      const pauseMs = await iterate();
      if (stopping.signal.aborted) return;
      if (!nudged) {
        if (pause.signal.aborted) pause = new AbortController();
        await clock.sleep(pauseMs, pause.signal);
      }
      nudged = false;
      const restMs = nextMinMs - clock.monotonicMs();
      if (restMs > 0) await clock.sleep(restMs, stopping.signal);
    }
  }

  return {
    start() {
      running ??= run();
    },
    async stop() {
      stopping.abort("stopped");
      pause.abort("stopped");
      await running;
    },
    nudge() {
      nudged = true;
      // The reason is given because `abort` without a reason creates a DOMException at each nudge.
      pause.abort("nudged");
    },
  };
}
