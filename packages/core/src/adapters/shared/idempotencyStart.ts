import type {
  IdempotencyRecordKey,
  IdempotencyStart,
  IdempotencyStore,
} from "../../ports/idempotencyStore.ts";
import type { Tx } from "../../ports/transaction.ts";
import type { FailureKind } from "./failureKind.ts";

/**
 * The statements with which a database records that a request with an idempotency key has started.
 */
export interface StartStatements {
  /** Reads and locks the record. Fails immediately while another transaction writes it. */
  find(tx: Tx, key: IdempotencyRecordKey): Promise<StoredRecord | undefined>;
  insert(tx: Tx, key: IdempotencyRecordKey, fingerprint: string): Promise<unknown>;
  failureKind(error: unknown): FailureKind;
}

/** A stored record of a key. The answer is JSON text; undefined while the first request runs. */
export interface StoredRecord {
  readonly fingerprint: string;
  readonly answer: string | undefined;
}

type EarlierState = Exclude<IdempotencyStart, { state: "started" }>;

/** Returns the state of the request that stored the record. */
export function stateOf({ fingerprint, answer }: StoredRecord): EarlierState {
  if (answer === undefined) return { state: "in-progress" };
  const parsed: unknown = JSON.parse(answer);
  return { state: "finished", fingerprint, answer: parsed };
}

/** Finds an earlier record of the key, or inserts one. The primary key decides a race. */
export function idempotencyStart(statements: StartStatements): IdempotencyStore["start"] {
  async function find(tx: Tx, key: IdempotencyRecordKey): Promise<EarlierState | undefined> {
    try {
      const row = await statements.find(tx, key);
      return row && stateOf(row);
    } catch (error) {
      const kind = statements.failureKind(error);
      // MariaDB reports NOWAIT at a locked row as a lock-wait timeout. In both cases the caller
      // rolls back.
      if (kind === "locked" || kind === "lock-wait") return { state: "in-progress" };
      throw error;
    }
  }

  return async (tx, key, fingerprint) => {
    const earlier = await find(tx, key);
    if (earlier) return earlier;
    try {
      await statements.insert(tx, key, fingerprint);
      return { state: "started" };
    } catch (error) {
      const kind = statements.failureKind(error);
      // Two requests found no record. The other one inserted its record first and still runs.
      if (kind === "lock-wait") return { state: "in-progress" };
      if (kind !== "duplicate") throw error;
      return (await find(tx, key)) ?? { state: "in-progress" };
    }
  };
}
