import { runSql, type TestWorld } from "./testStack.ts";

/** A column that says when something was or will be; a table's shift is one statement. */
const TIMES = /* sql */ `
  SELECT table_name AS tableName, column_name AS columnName, data_type AS dataType
  FROM information_schema.columns
  WHERE table_schema = DATABASE()
    AND (data_type = 'datetime'
      OR (table_name = 'queue_admissions' AND column_name REGEXP '_(us|ms)$'))
  ORDER BY table_name, column_name`;

/** The schema stays as it is while a world lives. */
const shiftsOfWorlds = new WeakMap<TestWorld, Promise<readonly Shift[]>>();

interface Shift {
  readonly sql: string;
  /** How many places the statement has for the time. */
  readonly columnCount: number;
}

/**
 * Makes everything that the world's database knows so much older: afterwards it is as if that time
 * had passed. What is announced comes nearer as well, the beginning of performances too. Sequences
 * stay, for they name places. To be called between transactions: it waits for rows that one holds.
 */
export async function passDatabaseTime(world: TestWorld, ms: number): Promise<void> {
  const shifts = shiftsOfWorlds.get(world) ?? readShifts(world);
  shiftsOfWorlds.set(world, shifts);
  await runSql(world, "START TRANSACTION");
  for (const { sql, columnCount } of await shifts) {
    await runSql(world, sql, Array<number>(columnCount).fill(ms));
  }
  await runSql(world, "COMMIT");
}

async function readShifts(world: TestWorld): Promise<readonly Shift[]> {
  const assignmentsOf = new Map<string, string[]>();
  for (const row of await runSql(world, TIMES)) {
    const { tableName, columnName, dataType } = row;
    const assignments = assignmentsOf.get(String(tableName)) ?? [];
    assignmentsOf.set(String(tableName), assignments);
    assignments.push(shiftOf(String(columnName), String(dataType)));
  }
  return [...assignmentsOf].map(([table, assignments]) => ({
    sql: `UPDATE \`${table}\` SET ${assignments.join(", ")}`,
    columnCount: assignments.length,
  }));
}

/**
 * Every column is assigned, so that none is touched by its ON UPDATE. The counted times are
 * unsigned: what would be before 1970 stays at its beginning.
 */
function shiftOf(columnName: string, dataType: string): string {
  const column = `\`${columnName}\``;
  if (dataType === "datetime") return `${column} = ${column} - INTERVAL 1000 * ? MICROSECOND`;
  const perMs = columnName.endsWith("_us") ? 1_000 : 1;
  return `${column} = ${column} - LEAST(${column}, ${perMs} * ?)`;
}
