import mysql from "mysql2/promise";
import type { Clock } from "../../shared/clock.ts";

/** Asks the server, one ping after the other, whether it answers. */
export interface ServerPing {
  /** @returns the reason why the server counts as down; undefined while it answers */
  ask(): Promise<string | undefined>;
  /** Notes an answer to a statement: then a late ping means "busy", not "down". */
  noteAnswer(): void;
  close(): void;
}

export function serverPing(
  settings: { readonly url: string; readonly downAfterMs: number; readonly clock: Clock },
  stopping: AbortSignal,
): ServerPing {
  const { url, downAfterMs, clock } = settings;
  let connecting: Promise<mysql.Connection> | undefined;
  let heardAtMs = Number.NEGATIVE_INFINITY;

  async function connect(): Promise<mysql.Connection> {
    const connection = await mysql.createConnection({ uri: url, connectTimeout: downAfterMs });
    // Without a listener an error between two pings would end the process. The next ping reports
    // it.
    connection.on("error", () => undefined);
    return connection;
  }

  async function ping(): Promise<undefined> {
    connecting ??= connect();
    await (await connecting).query("SELECT 1");
    return undefined;
  }

  function dropConnection(): void {
    // The connection may open later; then it is closed at once.
    connecting?.then(
      (connection) => connection.destroy(),
      () => undefined,
    );
    connecting = undefined;
  }

  async function tooLate(isAnswered: () => boolean): Promise<string> {
    do {
      await clock.sleep(downAfterMs, stopping);
      // After a block of the event loop, the timer runs before the answer that has arrived.
      await clock.sleep(1);
      // A server at its limit may answer statements before the ping; a dead server answers neither.
    } while (!isAnswered() && clock.monotonicMs() - heardAtMs < downAfterMs && !stopping.aborted);
    return `no answer within ${downAfterMs} ms`;
  }

  return {
    async ask() {
      let answered = false;
      const asked = ping()
        .catch((error: unknown) => messageOf(error))
        .finally(() => {
          answered = true;
        });
      const late = tooLate(() => answered).then((message) => (answered ? asked : message));
      const failure = await Promise.race([asked, late]);
      if (failure !== undefined) dropConnection();
      return failure;
    },
    noteAnswer() {
      heardAtMs = clock.monotonicMs();
    },
    close: dropConnection,
  };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message || error.name : String(error);
}
