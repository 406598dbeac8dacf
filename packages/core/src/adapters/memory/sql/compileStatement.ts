import type { Sql } from "../../sql/statement.ts";
import { type Served, whenServed } from "../database/served.ts";
import { dateOf } from "../times.ts";
import { compileInsert } from "./compileInsert.ts";
import { compileColumns, compileQuery, type OutputColumn, storedForm } from "./compileQuery.ts";
import { compileDelete, compileUpdate, type Write } from "./compileWrite.ts";
import { compileTarget, compileWalk } from "./lockingTarget.ts";
import { parseStatement } from "./parseStatement.ts";
import type { Run } from "./run.ts";
import type { Slots } from "./sources.ts";
import type { Select, SqlStatement } from "./syntax.ts";
import { SqlRefusal } from "./tokens.ts";

/** A row of an answer, with the values that MySQL's driver would return. */
export type AnswerColumns = Readonly<Record<string, string | number | Date | null>>;

/** A compiled statement. It runs on any database of the schema. */
export type Plan =
  | {
      readonly kind: "read";
      readonly run: (run: Run) => Served<readonly AnswerColumns[]>;
    }
  | { readonly kind: "write"; readonly run: Write };

/** Maps the name of each statement to the compiled statement. */
export type Plans = ReadonlyMap<string, Plan>;

/** @throws SqlRefusal for a duplicate name, and for unsupported SQL with the statement's name */
export function compileStatements(statements: readonly Sql[]): Plans {
  const plans = new Map<string, Plan>();
  for (const statement of statements) {
    if (plans.has(statement.name)) {
      throw new SqlRefusal(`two statements have the name ${statement.name}`);
    }
    plans.set(statement.name, compileStatement(statement));
  }
  return plans;
}

/** @throws SqlRefusal with the statement's name and the position of the unsupported SQL */
export function compileStatement({ name, text }: Sql): Plan {
  try {
    return planOf(parseStatement(text));
  } catch (error) {
    if (!(error instanceof SqlRefusal)) throw error;
    throw new SqlRefusal(`${name}: ${error.message}`, { cause: error });
  }
}

function planOf(statement: SqlStatement): Plan {
  const slots: Slots = { next: 0 };
  switch (statement.verb) {
    case "SELECT":
      return { kind: "read", run: compileRead(statement, slots) };
    case "INSERT":
      return { kind: "write", run: compileInsert(statement, slots) };
    case "UPDATE":
      return { kind: "write", run: compileUpdate(statement, slots) };
    case "DELETE":
      return { kind: "write", run: compileDelete(statement, slots) };
  }
}

function compileRead(select: Select, slots: Slots): Extract<Plan, { kind: "read" }>["run"] {
  if (select.lock !== "none") return compileLockingRead(select, slots);
  const query = compileQuery(select, undefined, slots);
  const project = answerProjection(query.columns);
  return (run) => query.rows(run, project);
}

/** Makes the rows of an answer. MySQL's driver truncates a DATETIME to a Date in milliseconds. */
function answerProjection(columns: readonly OutputColumn[]): (run: Run) => AnswerColumns {
  const outputs = columns.map(({ name, compiled: { evaluate, kind } }) => ({
    name,
    evaluate,
    isTime: kind === "time",
  }));
  // The start of every row of an answer. Copying this object is faster than building a row property
  // by property.
  const empty: AnswerColumns = Object.fromEntries(columns.map(({ name }) => [name, null] as const));
  return (run) => {
    const answer: Record<string, string | number | Date | null> = Object.assign({}, empty);
    for (const { name, evaluate, isTime } of outputs) {
      const value = storedForm(evaluate(run));
      answer[name] = isTime && typeof value === "number" ? dateOf(value) : value;
    }
    return answer;
  };
}

function compileLockingRead(select: Select, slots: Slots) {
  const [source, joined] = select.from;
  if (!source || joined) throw new SqlRefusal("a locking SELECT must read exactly one table");
  if (select.groupBy.length > 0) {
    throw new SqlRefusal("a locking SELECT must not use GROUP BY or aggregates");
  }
  const target = compileTarget(source, select.where, slots);
  const { slot } = target.source;
  const project = answerProjection(compileColumns(select, target.scope));
  if (target.scope.aggregates.length > 0) {
    throw new SqlRefusal("a locking SELECT must not use GROUP BY or aggregates");
  }
  const walkOf = compileWalk(select, target);
  const { wait } = select;
  const mode = select.lock === "shared" ? "shared" : "exclusive";
  const { isSingle, candidates } = target.path;
  return (run: Run): Served<readonly AnswerColumns[]> => {
    const matches = target.matches(run);
    // As in MySQL: when the conditions name the whole key of a row, the row stays locked even if it
    // does not match the other conditions.
    const wanted = isSingle ? () => true : matches;
    const walk = walkOf(run);
    const options = { wait, mode, ...(walk && { walk }) } as const;
    return whenServed(run.statement.lock(candidates(run), wanted, options), (locked) =>
      locked.filter(matches).map((row) => {
        run.rows[slot] = row;
        return project(run);
      }),
    );
  };
}
