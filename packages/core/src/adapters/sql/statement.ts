import type { AnswerRow } from "./answerRow.ts";

/**
 * One SQL statement of a store. Traces, call faults and errors identify the statement by its name.
 */
export interface Sql {
  /**
   * Store and method: "seats.hold". When a method has several statements, the name adds the part.
   */
  readonly name: string;
  readonly text: string;
}

/** A SELECT with the type of its rows. */
export interface SqlQuery<Row> extends Sql {
  readonly present: (row: AnswerRow) => Row;
}

/** Defines a statement. Every statement is a named constant in the file of its store. */
export function sql(name: string, text: string): Sql {
  return { name, text };
}

/** @param present converts one row of the answer; only this function reads the row's columns */
export function query<Row>(statement: Sql, present: (row: AnswerRow) => Row): SqlQuery<Row> {
  return { ...statement, present };
}
