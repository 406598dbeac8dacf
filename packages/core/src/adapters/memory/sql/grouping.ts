import type { Key } from "../database/table.ts";
import { keyOfKind } from "./comparisons.ts";
import { compileExpression } from "./compileExpression.ts";
import type { Join } from "./join.ts";
import type { Run } from "./run.ts";
import type { Aggregate, Scope } from "./scope.ts";
import type { Expression } from "./syntax.ts";
import type { Value } from "./values.ts";

interface Group {
  /**
   * The source rows of the group's first row. Columns that are equal in all rows of the group are
   * read from them.
   */
  readonly rows: Run["rows"];
  readonly values: Value[];
}

/**
 * Compiles GROUP BY. A run visits each group once, with its aggregates. Without GROUP BY all rows
 * are one group.
 */
export function compileGrouping(join: Join, groupBy: readonly Expression[], scope: Scope): Join {
  const keyOf = compileGroupKey(groupBy, scope);
  // The SELECT list and ORDER BY, which are compiled later, add aggregates to this array. A run
  // reads the whole array.
  const { aggregates } = scope;
  const startValues = (): Value[] => aggregates.map(({ name }) => (name === "COUNT" ? 0 : null));

  function collect(run: Run): Map<Key | null, Group> {
    const groups = new Map<Key | null, Group>();
    join(run, () => {
      const key = keyOf(run);
      let group = groups.get(key);
      if (!group) {
        group = { rows: [...run.rows], values: startValues() };
        groups.set(key, group);
      }
      const { values } = group;
      aggregates.forEach((aggregate, at) => {
        values[at] = addTo(values[at] ?? null, aggregate, run);
      });
    });
    if (groups.size === 0 && groupBy.length === 0) {
      groups.set(null, { rows: [], values: startValues() });
    }
    return groups;
  }

  return (run, visit) => {
    const groups = collect(run);
    const outer = { rows: [...run.rows], aggregates: run.aggregates };
    for (const { rows, values } of groups.values()) {
      putRows(run, rows);
      run.aggregates = values;
      visit();
    }
    run.aggregates = outer.aggregates;
    putRows(run, outer.rows);
  };
}

function putRows(run: Run, rows: Run["rows"]): void {
  for (const [slot, row] of rows.entries()) run.rows[slot] = row;
}

function compileGroupKey(groupBy: readonly Expression[], scope: Scope): (run: Run) => Key | null {
  const parts = groupBy.map((expression) => {
    const { evaluate, kind, members } = compileExpression(expression, scope);
    const keyOf = keyOfKind(kind, members);
    return (run: Run): Key | null => {
      const value = evaluate(run);
      return value === null ? null : keyOf(value);
    };
  });
  const [first, second] = parts;
  if (!first) return () => null;
  return second ? (run) => JSON.stringify(parts.map((part) => part(run))) : first;
}

/** Adds one row to an aggregate. As in MySQL, aggregates ignore NULL. */
function addTo(before: Value, { name, of }: Aggregate, run: Run): Value {
  if (!of) return Number(before) + 1;
  const value = of.evaluate(run);
  if (value === null) return before;
  if (name === "COUNT") return Number(before) + 1;
  if (before === null) return value;
  if (name === "SUM") return Number(before) + Number(value);
  const keyOf = keyOfKind(of.kind, of.members);
  const isLess = keyOf(value) < keyOf(before);
  return isLess === (name === "MIN") ? value : before;
}
