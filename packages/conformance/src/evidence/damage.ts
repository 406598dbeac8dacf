import type { Acknowledgements, InvariantId } from "@onsale/core";
import type { EvidenceRow, EvidenceRows, EvidenceTable, History } from "./evidenceRows.ts";

/** Changes to a history, as statements make them. */
export interface Damager {
  /** The moment at which the history ends. */
  readonly nowUs: number;
  /** As they are by now. */
  rows(): EvidenceRows;
  /** Changes the rows that have these values. */
  update<Table extends EvidenceTable>(
    table: Table,
    where: Partial<EvidenceRow[Table]>,
    set: Partial<EvidenceRow[Table]>,
  ): void;
  insert<Table extends EvidenceTable>(table: Table, row: EvidenceRow[Table]): void;
  /** Inserts a copy of the row that has these values, changed so. */
  copy<Table extends EvidenceTable>(
    table: Table,
    where: Partial<EvidenceRow[Table]>,
    set: Partial<EvidenceRow[Table]>,
  ): void;
  /** Deletes the rows that have these values. */
  remove<Table extends EvidenceTable>(table: Table, where: Partial<EvidenceRow[Table]>): void;
  /** Clients say that they were told this, and no more. */
  tell(told: Partial<Acknowledgements>): void;
}

/** A way to break an invariant in a history that is whole. */
export interface Damage {
  readonly breaks: InvariantId;
  readonly what: string;
  /** The message of the rule that must find it. */
  readonly foundBy: string;
  readonly inflict: (damager: Damager) => void;
}

const TOLD_NOTHING: Acknowledgements = {
  reservationIds: [],
  paymentIds: [],
  chargedByUser: new Map(),
};

function matches<Row extends object>(row: Row, where: Partial<Row>): boolean {
  for (const column in where) if (row[column] !== where[column]) return false;
  return true;
}

/** The history after the damage; tables without any are the same arrays as before. */
export function damaged(history: History, damages: Iterable<Pick<Damage, "inflict">>): History {
  let { rows, told }: Pick<History, "rows" | "told"> = history;

  function replace<Table extends EvidenceTable>(
    table: Table,
    where: Partial<EvidenceRow[Table]>,
    by: (row: EvidenceRow[Table]) => readonly EvidenceRow[Table][],
  ): void {
    const before: EvidenceRows[Table] = rows[table];
    const after = before.flatMap((row) => (matches(row, where) ? by(row) : [row]));
    rows = { ...rows, [table]: after };
  }

  const damager: Damager = {
    nowUs: history.nowUs,
    rows: () => rows,
    update: (table, where, set) => replace(table, where, (row) => [{ ...row, ...set }]),
    insert(table, row) {
      rows = { ...rows, [table]: [...rows[table], row] };
    },
    copy: (table, where, set) => replace(table, where, (row) => [row, { ...row, ...set }]),
    remove: (table, where) => replace(table, where, () => []),
    tell(more) {
      told = { ...TOLD_NOTHING, ...more };
    },
  };
  for (const { inflict } of damages) inflict(damager);
  return { ...history, rows, told };
}
