import mysql from "mysql2/promise";
import type { Clock } from "../../shared/clock.ts";

/** One question after the other whether the server answers at all. */
export interface ServerPing {
  /** @returns why the server counts as down; undefined while it answers */
  ask(): Promise<string | undefined>;
  /** A statement was answered elsewhere: a late ping means "busy", not "down". */
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
    // Between pings nobody waits for it; the next ping reports what happened.
    connection.on("error", () => undefined);
    return connection;
  }

  async function ping(): Promise<undefined> {
    connecting ??= connect();
    await (await connecting).query("SELECT 1");
    return undefined;
  }

  function dropConnection(): void {
    // It may still be on its way; whenever it comes, nobody wants it.
    connecting?.then(
      (connection) => connection.destroy(),
      () => undefined,
    );
    connecting = undefined;
  }

  async function tooLate(isAnswered: () => boolean): Promise<string> {
    do {
      await clock.sleep(downAfterMs, stopping);
      // A process that was kept from running sees its timer before the answer that lay ready.
      await clock.sleep(1);
      // A server at its limit answers others first; one that is gone answers nobody.
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
