import type { Row } from "../database/rows.ts";
import { choosePath, conjunctsOf } from "./accessPath.ts";
import { compileExpression } from "./compileExpression.ts";
import type { Run } from "./run.ts";
import type { Evaluate, NamedSource, Scope } from "./scope.ts";
import type { Expression, Source } from "./syntax.ts";
import { isTrue } from "./values.ts";

/** Returns the rows of a source that can match the current rows of the earlier sources. */
type ReadRows = (run: Run) => readonly Row[];

/** A source of a join. A query in FROM has its own function that reads its rows. */
export interface JoinedSource {
  readonly source: Source;
  readonly named: NamedSource;
  readonly readQuery: ReadRows | undefined;
}

interface Step {
  readonly slot: number;
  readonly isLeft: boolean;
  /** Reads the only row that can match; missing when several rows can. */
  readonly find: ((run: Run) => Row | undefined) | undefined;
  readonly read: ReadRows;
  readonly on: readonly Evaluate[];
  readonly where: readonly Evaluate[];
}

/** Sets each matching combination of rows as the current rows of the run, and calls `visit`. */
export type Join = (run: Run, visit: () => void) => void;

export function allTrue(conditions: readonly Evaluate[], run: Run): boolean {
  for (const condition of conditions) if (!isTrue(condition(run))) return false;
  return true;
}

/**
 * Joins with nested loops in the order of FROM. A plain read takes no locks, so the join order does
 * not change the answer.
 */
export function compileJoin(
  sources: readonly JoinedSource[],
  where: Expression | undefined,
  scope: Scope,
): Join {
  const conditions = conjunctsOf(where).map((expression) => ({
    expression,
    compiled: compileExpression(expression, scope),
  }));
  const slots = sources.map(({ named }) => named.slot);
  const lastUse = (uses: ReadonlySet<number>): number =>
    Math.max(0, ...slots.map((slot, index) => (uses.has(slot) ? index : 0)));
  const steps = sources.map(({ source, named, readQuery }, at): Step => {
    const on = conjunctsOf(source.on);
    const isLeft = source.join === "left";
    const leading = isLeft ? on : [...on, ...conditions.map(({ expression }) => expression)];
    const path = readQuery
      ? undefined
      : choosePath({
          source: named,
          forcedIndex: source.forcedIndex,
          conditions: leading,
          scope,
          later: new Set(slots.slice(at + 1)),
        });
    const findStored = path?.find;
    const isOpen = (expression: Expression): boolean => !path?.implied.has(expression);
    return {
      slot: named.slot,
      isLeft,
      find: findStored && ((run) => run.visible(findStored(run))),
      read: readQuery ?? ((run) => run.read(path?.candidates(run) ?? [])),
      on: on.filter(isOpen).map((one) => compileExpression(one, scope).evaluate),
      where: conditions
        .filter(({ compiled, expression }) => lastUse(compiled.uses) === at && isOpen(expression))
        .map(({ compiled }) => compiled.evaluate),
    };
  });
  if (steps.length === 0) {
    const all = conditions.map(({ compiled }) => compiled.evaluate);
    return (run, visit) => {
      if (allTrue(all, run)) visit();
    };
  }
  return steps.reduceRight<Join>(
    (rest, step) => compileStep(step, rest),
    (_run, visit) => visit(),
  );
}

/** Compiles the loop over the rows of one source. @param rest the loops of the later sources */
function compileStep({ slot, isLeft, find, read, on, where }: Step, rest: Join): Join {
  /** Returns false when ON does not match the row. */
  function joinRow(row: Row, run: Run, visit: () => void): boolean {
    run.rows[slot] = row;
    if (!allTrue(on, run)) return false;
    if (allTrue(where, run)) rest(run, visit);
    return true;
  }

  return (run, visit) => {
    let isMatched = false;
    if (find) {
      const row = find(run);
      isMatched = row !== undefined && joinRow(row, run, visit);
    } else {
      for (const row of read(run)) if (joinRow(row, run, visit)) isMatched = true;
    }
    if (!isLeft || isMatched) return;
    run.rows[slot] = undefined;
    if (allTrue(where, run)) rest(run, visit);
  };
}
