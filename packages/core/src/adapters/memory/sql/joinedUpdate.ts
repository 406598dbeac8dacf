import type { Row } from "../database/rows.ts";
import type { Key, StoredRow } from "../database/table.ts";
import { choosePath, conjunctsOf } from "./accessPath.ts";
import { compileSet } from "./assignments.ts";
import { compileExpression } from "./compileExpression.ts";
import { allTrue } from "./join.ts";
import { keyReader } from "./keys.ts";
import { compareParts } from "./lockingTarget.ts";
import type { Run } from "./run.ts";
import type { Scope } from "./scope.ts";
import { nameTable, newWriteScope, type Slots } from "./sources.ts";
import type { Expression, Source, Update } from "./syntax.ts";
import { SqlRefusal } from "./tokens.ts";

/**
 * `UPDATE driver STRAIGHT_JOIN joined … SET joined.…`: locks the rows of the driving table in key
 * order, then changes the rows of the second table that are joined to them. MySQL locks the joined
 * rows after each driving row. This implementation locks all driving rows first.
 * @throws SqlRefusal for any other UPDATE of several tables
 */
export function compileJoinedUpdate(
  { from, set, where }: Update,
  slots: Slots,
): (run: Run) => Promise<number> {
  const { first, second } = twoOf(from);
  const scope = newWriteScope();
  const driver = nameTable(first, slots);
  const joined = nameTable(second, slots);
  scope.sources.push(driver, joined);
  if (!set.every(({ table }) => table === second.alias)) {
    throw new SqlRefusal("an UPDATE of two tables must change the second table");
  }
  const conditions = [...conjunctsOf(second.on), ...conjunctsOf(where)];
  const usesJoined = (one: Expression): boolean =>
    compileExpression(one, scope).uses.has(joined.slot);
  const ofDriver = compileAll(
    conditions.filter((one) => !usesJoined(one)),
    scope,
  );
  const ofJoined = compileAll(conditions.filter(usesJoined), scope);
  const pathTo = (source: typeof driver, { forcedIndex }: Source, later: readonly number[]) =>
    choosePath({ source, forcedIndex, conditions, scope, later: new Set(later) });
  const driverPath = pathTo(driver, first, [joined.slot]);
  const joinedPath = pathTo(joined, second, []);
  const setRow = compileSet(set, joined, joined.table, scope);
  const driverKey = driver.table.primaryKey.columns.map((column) => keyReader([column]));

  return async (run) => {
    const { statement } = run;
    const table = run.table(joined.table.ordinal);
    const drivers = await statement.lock(driverPath.candidates(run), (row) => {
      run.rows[driver.slot] = row;
      return allTrue(ofDriver, run);
    });
    drivers.sort((a, b) => compareParts(driverKey, a, b));
    const driverOf = new Map<Key, Row>();
    const candidates: StoredRow<Row>[] = [];
    for (const row of drivers) {
      run.rows[driver.slot] = row;
      for (const stored of joinedPath.candidates(run)) {
        if (driverOf.has(stored.key)) continue;
        driverOf.set(stored.key, row);
        candidates.push(stored);
      }
    }
    const place = (row: Row): void => {
      run.rows[driver.slot] = driverOf.get(table.keyOf(row));
      run.rows[joined.slot] = row;
    };
    const matches = (row: Row): boolean => {
      place(row);
      return allTrue(ofJoined, run);
    };
    const change = (row: Row): Row => {
      place(row);
      return setRow(run, row);
    };
    const count = await statement.update(table, candidates, matches, change);
    // When MySQL reads the next row, it unlocks the row before if that row does not match. After
    // the last row MySQL reads no row, so the last row stays locked.
    await statement.lock(candidates.slice(-1), () => true);
    return count;
  };
}

function twoOf([first, second, third]: readonly Source[]): { first: Source; second: Source } {
  if (!first || !second || third || second.join !== "straight") {
    throw new SqlRefusal("an UPDATE of several tables must be a STRAIGHT_JOIN of two");
  }
  return { first, second };
}

function compileAll(conditions: readonly Expression[], scope: Scope) {
  return conditions.map((one) => compileExpression(one, scope).evaluate);
}
