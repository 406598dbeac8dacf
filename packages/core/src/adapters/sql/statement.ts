import type { AnswerRow } from "./answerRow.ts";

/** One SQL statement of a store. Its name stands for it in traces, call faults and errors. */
export interface Sql {
  /** The store and the call: "seats.hold"; a call of several statements adds the part. */
  readonly name: string;
  readonly text: string;
}

/** A statement that reads, with the shape of the rows that its caller gets. */
export interface SqlQuery<Row> extends Sql {
  readonly present: (row: AnswerRow) => Row;
}

/** The only way to write a statement: a named constant beside its store. */
export function sql(name: string, text: string): Sql {
  return { name, text };
}

/** @param present maps a row of the answer; the one place where its columns become values */
export function query<Row>(statement: Sql, present: (row: AnswerRow) => Row): SqlQuery<Row> {
  return { ...statement, present };
}
