import mysql from "mysql2/promise";
import type { Clock } from "../../shared/clock.ts";
import { tlsReason } from "../shared/tlsReason.ts";
import { databaseOptions, type MysqlAddress } from "./clientOptions.ts";
import { failureKind } from "./databaseErrors.ts";

/** Asks the server, one ping after the other, whether it answers. */
export interface ServerPing {
  /** @returns the reason why the server counts as down; undefined while the server answers */
  ask(): Promise<string | undefined>;
  /** Whether the server refused writes at its last answer. */
  isReadOnly(): boolean;
  /** Records that the server answered a statement. A late ping then means "busy", not "down". */
  noteAnswer(): void;
  close(): void;
}

/** A replica, and a primary during a failover, answer but refuse writes. */
const PING = "SELECT @@global.read_only AS readOnly";
const WRITABLE: ReadonlySet<string> = new Set(["0", "OFF"]);

export function serverPing(
  settings: MysqlAddress & { readonly downAfterMs: number; readonly clock: Clock },
  stopping: AbortSignal,
): ServerPing {
  const { downAfterMs, clock } = settings;
  let connecting: Promise<mysql.Connection> | undefined;
  let heardAtMs = Number.NEGATIVE_INFINITY;
  const sign = signOfLife();

  async function connect(): Promise<mysql.Connection> {
    const connection = await mysql.createConnection({
      ...databaseOptions(settings),
      connectTimeout: downAfterMs,
    });
    // Without this listener, an error between two pings would end the process. The next ping
    // reports the error.
    connection.on("error", () => undefined);
    return connection;
  }

  async function ping(): Promise<undefined> {
    connecting ??= connect();
    await sign.ask(await connecting);
    return undefined;
  }

  function dropConnection(): void {
    // If the connection opens after the ping gave up, the connection is closed immediately.
    connecting?.then(
      (connection) => connection.destroy(),
      () => undefined,
    );
    connecting = undefined;
  }

  async function tooLate(isAnswered: () => boolean): Promise<string> {
    do {
      await clock.sleep(downAfterMs, stopping);
      // After a block of the event loop, the timer runs before the process reads an answer that has
      // already arrived. This pause lets the process read the answer.
      await clock.sleep(1);
      // An overloaded server may answer statements before it answers the ping. A dead server
      // answers neither.
    } while (!isAnswered() && clock.monotonicMs() - heardAtMs < downAfterMs && !stopping.aborted);
    return `no answer within ${downAfterMs} ms`;
  }

  return {
    async ask() {
      let answered = false;
      const asked = ping()
        .catch((error: unknown) => tlsReason(clock, "MYSQL", settings.tls, messageOf(error)))
        .finally(() => {
          answered = true;
        });
      const late = tooLate(() => answered).then((message) => (answered ? asked : message));
      const failure = await Promise.race([asked, late]);
      if (failure !== undefined) dropConnection();
      return failure;
    },
    isReadOnly: sign.isReadOnly,
    noteAnswer() {
      heardAtMs = clock.monotonicMs();
    },
    close: dropConnection,
  };
}

/** Asks the server for an answer and, where it shows it, whether it accepts writes. */
function signOfLife() {
  let isReadOnly = false;
  let isHidden = false;
  async function readState(connection: mysql.Connection): Promise<void> {
    const [[row]] = await connection.query<mysql.RowDataPacket[]>(PING);
    isReadOnly = !WRITABLE.has(String(row?.readOnly));
  }
  /** A proxy of a hosted service may refuse to read the variable. */
  function noteHidden(error: unknown): void {
    const kind = failureKind(error);
    if (kind !== "other" && kind !== "refused") throw error;
    isHidden = true;
  }
  return {
    isReadOnly: () => isReadOnly,
    async ask(connection: mysql.Connection): Promise<void> {
      if (!isHidden) await readState(connection).catch(noteHidden);
      if (isHidden) await connection.query("SELECT 1");
    },
  };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message || error.name : String(error);
}
