import type { DependencyHealth, Logger } from "../../ports/observability.ts";
import type { Clock } from "../../shared/clock.ts";
import { DependencyUnavailableError } from "../../shared/errors.ts";
import type { MysqlAddress } from "./clientOptions.ts";
import { serverPing } from "./serverPing.ts";

/**
 * Pings the server again and again, on its own connection. Only this watch decides that the server
 * is down: a statement that waits for a row lock says nothing about the server. So a busy server
 * does not count as dead, and a dead server is detected after at most `downAfterMs` plus the pause
 * between two pings.
 */
export interface ServerWatch {
  /** The health for operators and balancers: also false while the server refuses all work. */
  health(): DependencyHealth;
  /** Records that the server refuses all work, for a time. */
  noteRefusal(reason: string): void;
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

export interface ServerWatchOptions extends MysqlAddress {
  /** A ping that takes longer than this means "down". */
  readonly downAfterMs: number;
  readonly clock: Clock;
  readonly log: Logger;
  /** Called before each ping. */
  readonly onLook: () => void;
}

/** How long the last refusal decides about the health. Requests still try meanwhile. */
const REFUSED_MS = 3_000;

export function watchServer(options: ServerWatchOptions): ServerWatch {
  const { clock, downAfterMs, log, onLook } = options;
  const stopping = new AbortController();
  const listeners: (() => void)[] = [];
  const ping = serverPing(options, stopping.signal);
  // Each outage has its own AbortController. Guarded work listens to its signal.
  let outage = new AbortController();
  let up = true;
  let reason: string | undefined;
  const refusals = recentRefusals(clock, log);

  function health(): DependencyHealth {
    const refusal = refusals.latest();
    if (up && refusal !== undefined) return { dependency: "mysql", up: false, reason: refusal };
    return { dependency: "mysql", up, reason, isReadOnly: ping.isReadOnly() };
  }

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
    health,
    noteRefusal: refusals.note,
    asked,
    guard: (work) => guardWork(work, outage.signal, () => reason),
    noteAnswer: () => ping.noteAnswer(),
    onDown: (listener) => listeners.push(listener),
    async close() {
      stopping.abort();
      await watching;
      ping.close();
    },
  };
}

function guardWork<T>(
  work: () => Promise<T>,
  outage: AbortSignal,
  reason: () => string | undefined,
): Promise<T> {
  const unavailable = () => new DependencyUnavailableError("mysql", { cause: reason() });
  if (outage.aborted) return Promise.reject(unavailable());
  return new Promise<T>((resolve, reject) => {
    const giveUp = (): void => reject(unavailable());
    outage.addEventListener("abort", giveUp, { once: true });
    work()
      .then(resolve, reject)
      .finally(() => outage.removeEventListener("abort", giveUp));
  });
}

/** Remembers for a time that the server answers and refuses work. */
function recentRefusals(clock: Clock, log: Logger) {
  let refusal: { readonly reason: string; readonly untilMs: number } | undefined;
  const latest = (): string | undefined =>
    refusal && clock.monotonicMs() < refusal.untilMs ? refusal.reason : undefined;
  return {
    latest,
    note(reason: string): void {
      if (latest() === undefined) {
        const fields = { event: "dependency.refuses", dependency: "mysql", reason } as const;
        log.warn(fields, "MySQL answers and refuses the work of this process");
      }
      refusal = { reason, untilMs: clock.monotonicMs() + REFUSED_MS };
    },
  };
}
