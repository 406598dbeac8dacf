import type { Served } from "../database/served.ts";
import { compileSet } from "./assignments.ts";
import { compileJoinedUpdate } from "./joinedUpdate.ts";
import { compileTarget, compileWalk } from "./lockingTarget.ts";
import type { Run } from "./run.ts";
import type { Slots } from "./sources.ts";
import type { Delete, Update } from "./syntax.ts";
import { SqlRefusal } from "./tokens.ts";

/**
 * Runs a write.
 * @returns the number of rows that matched. MySQL's driver counts only rows that changed. Both
 *   numbers are equal, because each statement whose number is used changes a status, a version or
 *   a time (µs) in every row that it matches
 */
export type Write = (run: Run) => Served<number>;

/** Compiles an UPDATE. @throws SqlRefusal */
export function compileUpdate(statement: Update, slots: Slots): Write {
  const [source, joined] = statement.from;
  if (!source) throw new SqlRefusal("UPDATE needs a table");
  if (joined) return compileJoinedUpdate(statement, slots);
  const target = compileTarget(source, statement.where, slots);
  const { table } = target.source;
  const set = compileSet(statement.set, target.source, table, target.scope);
  return (run) =>
    run.statement.update(
      run.table(table.ordinal),
      target.path.candidates(run),
      target.matches(run),
      (row) => set(run, row),
    );
}

/** Compiles a DELETE. @throws SqlRefusal */
export function compileDelete(statement: Delete, slots: Slots): Write {
  const target = compileTarget(statement.from, statement.where, slots);
  const walkOf = compileWalk(statement, target);
  return (run) =>
    run.statement.remove(target.path.candidates(run), target.matches(run), walkOf(run));
}
