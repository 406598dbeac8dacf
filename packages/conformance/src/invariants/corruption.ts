import type { Acknowledgements, InvariantId } from "@onsale/core";
import type { History, HistoryRow, HistoryRows, HistoryTable } from "./historyRows.ts";

/**
 * Changes the rows of a history as SQL statements would, and the answers that its clients received.
 */
export interface HistoryEditor {
  /** The time at which the history ends. */
  readonly nowUs: number;
  /** The current rows. */
  rows(): HistoryRows;
  /** Changes the rows that match these values. */
  update<Table extends HistoryTable>(
    table: Table,
    where: Partial<HistoryRow[Table]>,
    set: Partial<HistoryRow[Table]>,
  ): void;
  insert<Table extends HistoryTable>(table: Table, row: HistoryRow[Table]): void;
  /** Inserts a copy of the row that matches these values, with some values changed. */
  copy<Table extends HistoryTable>(
    table: Table,
    where: Partial<HistoryRow[Table]>,
    set: Partial<HistoryRow[Table]>,
  ): void;
  /** Deletes the rows that match these values. */
  remove<Table extends HistoryTable>(table: Table, where: Partial<HistoryRow[Table]>): void;
  /** Replaces the answers that the clients received. */
  acknowledge(acknowledged: Partial<Acknowledgements>): void;
}

/** A change to the whole history that breaks an invariant. */
export interface Corruption {
  readonly breaks: InvariantId;
  readonly what: string;
  /** The message of the rule that must find the corruption. */
  readonly foundBy: string;
  readonly plant: (editor: HistoryEditor) => void;
}

const NOTHING_ACKNOWLEDGED: Acknowledgements = {
  reservationIds: [],
  paymentIds: [],
  chargedByUser: new Map(),
};

function matches<Row extends object>(row: Row, where: Partial<Row>): boolean {
  for (const column in where) if (row[column] !== where[column]) return false;
  return true;
}

/** Returns the history after the changes. Tables without a change stay the same arrays. */
export function corrupted(
  history: History,
  corruptions: Iterable<Pick<Corruption, "plant">>,
): History {
  let { rows, acknowledged }: Pick<History, "rows" | "acknowledged"> = history;

  function replace<Table extends HistoryTable>(
    table: Table,
    where: Partial<HistoryRow[Table]>,
    by: (row: HistoryRow[Table]) => readonly HistoryRow[Table][],
  ): void {
    const before: HistoryRows[Table] = rows[table];
    const after = before.flatMap((row) => (matches(row, where) ? by(row) : [row]));
    rows = { ...rows, [table]: after };
  }

  const editor: HistoryEditor = {
    nowUs: history.nowUs,
    rows: () => rows,
    update: (table, where, set) => replace(table, where, (row) => [{ ...row, ...set }]),
    insert(table, row) {
      rows = { ...rows, [table]: [...rows[table], row] };
    },
    copy: (table, where, set) => replace(table, where, (row) => [row, { ...row, ...set }]),
    remove: (table, where) => replace(table, where, () => []),
    acknowledge(more) {
      acknowledged = { ...NOTHING_ACKNOWLEDGED, ...more };
    },
  };
  for (const { plant } of corruptions) plant(editor);
  return { ...history, rows, acknowledged };
}
