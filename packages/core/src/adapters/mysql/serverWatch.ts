import mysql from "mysql2/promise";
import type { Logger } from "../../ports/observability.ts";
import type { Clock } from "../../shared/clock.ts";
import { DependencyUnavailableError } from "../../shared/errors.ts";

/**
 * Asks the server all the time whether it lives, on a connection of its own. Statements may wait for row locks as
 * long as they like; only this watch says "down", so a busy server is not mistaken for a dead one
 * and a dead one is known within a second.
 */
export interface ServerWatch {
  readonly up: boolean;
  readonly reason: string | undefined;
  /** Settles as the work does, or rejects with DependencyUnavailableError once the server is down. */
  guard<T>(work: () => Promise<T>): Promise<T>;
  /** A statement was answered: the server lives, however long the next ping takes. */
  noteAnswer(): void;
  /** Called each time the server goes down; what it cannot answer any more should be dropped. */
  onDown(listener: () => void): void;
  close(): Promise<void>;
}

export interface ServerWatchOptions {
  readonly url: string;
  /** A ping that takes longer means "down". */
  readonly downAfterMs: number;
  readonly clock: Clock;
  readonly log: Logger;
}

export function watchServer(options: ServerWatchOptions): ServerWatch {
  const { clock, downAfterMs, log } = options;
  const stopping = new AbortController();
  const listeners: (() => void)[] = [];
  // A new one for each outage; its signal is what guarded work listens to.
  let outage = new AbortController();
  let up = true;
  let reason: string | undefined;
  let connection: mysql.Connection | undefined;
  let answeredAtMs = Number.NEGATIVE_INFINITY;

  function note(nowUp: boolean, why?: string): void {
    reason = why;
    if (nowUp === up) return;
    up = nowUp;
    log[up ? "info" : "warn"](
      { dependency: "mysql", reason },
      up ? "MySQL is up" : "MySQL is down",
    );
    if (up) {
      outage = new AbortController();
      return;
    }
    outage.abort();
    for (const listener of listeners) listener();
  }

  async function connect(): Promise<mysql.Connection> {
    const fresh = await mysql.createConnection({ uri: options.url, connectTimeout: downAfterMs });
    // Between pings nobody waits for it; the next ping reports what happened.
    fresh.on("error", () => {});
    return fresh;
  }

  async function ping(): Promise<void> {
    connection ??= await connect();
    await connection.query("SELECT 1");
  }

  /** Whether anybody had an answer of late. */
  function wasHeard(): boolean {
    return clock.monotonicMs() - answeredAtMs < downAfterMs;
  }

  async function pingInTime(): Promise<string | undefined> {
    let answered = false;
    const asked = ping().then(
      () => {
        answered = true;
        return undefined;
      },
      (error: unknown) => {
        answered = true;
        return error instanceof Error ? error.message || error.name : String(error);
      },
    );
    const late = (async () => {
      do {
        await clock.sleep(downAfterMs, stopping.signal);
        // A process that was kept from running sees its timer before the answer that lay ready.
        await clock.sleep(1);
        // A server at its limit answers others first; one that is gone answers nobody.
      } while (!answered && wasHeard() && !stopping.signal.aborted);
      return answered ? asked : `no answer within ${downAfterMs} ms`;
    })();
    const failure = await Promise.race([asked, late]);
    if (failure !== undefined) {
      connection?.destroy();
      connection = undefined;
    }
    return failure;
  }

  async function watch(): Promise<void> {
    while (!stopping.signal.aborted) {
      const failure = await pingInTime();
      if (stopping.signal.aborted) return;
      note(failure === undefined, failure);
      await clock.sleep(downAfterMs / 3, stopping.signal);
    }
  }

  const watching = watch();
  return {
    get up() {
      return up;
    },
    get reason() {
      return reason;
    },
    guard: (work) => guardWork(work, outage.signal),
    noteAnswer() {
      answeredAtMs = clock.monotonicMs();
    },
    onDown: (listener) => listeners.push(listener),
    async close() {
      stopping.abort();
      await watching;
      connection?.destroy();
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
