import type { Logger } from "../../ports/observability.ts";
import type { Clock } from "../../shared/clock.ts";
import { DependencyUnavailableError } from "../../shared/errors.ts";
import { serverPing } from "./serverPing.ts";

/**
 * Pings the server again and again, on its own connection. Only this watch decides that the server
 * is down: a statement that waits for a row lock says nothing about the server. So a busy server
 * does not count as dead, and a dead server is detected after at most `downAfterMs` plus the pause
 * between two pings.
 */
export interface ServerWatch {
  readonly up: boolean;
  readonly reason: string | undefined;
  /** Settles like the work; rejects with DependencyUnavailableError when the server is down. */
  guard<T>(work: () => Promise<T>): Promise<T>;
  /** Resolves after the first ping, whether the server answered or not. */
  readonly asked: Promise<void>;
  /** Records that the server answered a statement, so that a late ping does not count as "down". */
  noteAnswer(): void;
  /** Calls the listener each time the server goes down, so that it can cut open connections. */
  onDown(listener: () => void): void;
  close(): Promise<void>;
}

export interface ServerWatchOptions {
  readonly url: string;
  /** A ping that takes longer than this means "down". */
  readonly downAfterMs: number;
  readonly clock: Clock;
  readonly log: Logger;
  /** Called before each ping. */
  readonly onLook: () => void;
}

export function watchServer(options: ServerWatchOptions): ServerWatch {
  const { clock, downAfterMs, log, onLook } = options;
  const stopping = new AbortController();
  const listeners: (() => void)[] = [];
  const ping = serverPing(options, stopping.signal);
  // Each outage has its own AbortController. Guarded work listens to its signal.
  let outage = new AbortController();
  let up = true;
  let reason: string | undefined;

  function note(failure: string | undefined): void {
    const wasUp = up;
    up = failure === undefined;
    reason = failure;
    if (up === wasUp) return;
    if (up) {
      log.info({ event: "dependency.up", dependency: "mysql" }, "MySQL answers");
      outage = new AbortController();
      return;
    }
    log.warn({ event: "dependency.down", dependency: "mysql", reason }, "MySQL does not answer");
    outage.abort();
    for (const listener of listeners) listener();
  }

  async function look(): Promise<void> {
    onLook();
    const failure = await ping.ask();
    if (!stopping.signal.aborted) note(failure);
  }

  async function watch(first: Promise<void>): Promise<void> {
    await first;
    while (!stopping.signal.aborted) {
      await clock.sleep(downAfterMs / 3, stopping.signal);
      if (!stopping.signal.aborted) await look();
    }
  }

  const asked = look();
  const watching = watch(asked);
  return {
    get up() {
      return up;
    },
    get reason() {
      return reason;
    },
    asked,
    guard: (work) => guardWork(work, outage.signal),
    noteAnswer: () => ping.noteAnswer(),
    onDown: (listener) => listeners.push(listener),
    async close() {
      stopping.abort();
      await watching;
      ping.close();
    },
  };
}

function guardWork<T>(work: () => Promise<T>, outage: AbortSignal): Promise<T> {
  if (outage.aborted) return Promise.reject(new DependencyUnavailableError("mysql"));
  return new Promise<T>((resolve, reject) => {
    const giveUp = (): void => reject(new DependencyUnavailableError("mysql"));
    outage.addEventListener("abort", giveUp, { once: true });
    work()
      .then(resolve, reject)
      .finally(() => outage.removeEventListener("abort", giveUp));
  });
}
