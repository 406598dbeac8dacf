import { runSql, type TestStack } from "./testStack.ts";

/** A column with a time. All columns of a table are moved by one statement. */
const TIMES = /* sql */ `
  SELECT table_name AS tableName, column_name AS columnName, data_type AS dataType
  FROM information_schema.columns
  WHERE table_schema = DATABASE()
    AND (data_type = 'datetime'
      OR (table_name = 'queue_admissions' AND column_name REGEXP '_(us|ms)$'))
  ORDER BY table_name, column_name`;

/** The columns of each database; a test does not change its schema. */
const shiftsByStack = new WeakMap<TestStack, Promise<readonly Shift[]>>();

interface Shift {
  readonly sql: string;
  /** How many placeholders of the statement take the time. */
  readonly columnCount: number;
}

/**
 * Moves every time in the test's database into the past, as if that time had passed. Times in the
 * future come nearer, too, for example the start of performances. Sequences are not moved, because
 * they name places. Called between transactions, because it waits for locked rows.
 */
export async function passDatabaseTime(stack: TestStack, ms: number): Promise<void> {
  const shifts = shiftsByStack.get(stack) ?? readShifts(stack);
  shiftsByStack.set(stack, shifts);
  await runSql(stack, "START TRANSACTION");
  for (const { sql, columnCount } of await shifts) {
    await runSql(stack, sql, Array<number>(columnCount).fill(ms));
  }
  await runSql(stack, "COMMIT");
}

async function readShifts(stack: TestStack): Promise<readonly Shift[]> {
  const assignmentsOf = new Map<string, string[]>();
  for (const row of await runSql(stack, TIMES)) {
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
 * Assigns every time column, so that ON UPDATE changes none. Times that are stored as numbers are
 * unsigned, so a time before 1970 becomes 0.
 */
function shiftOf(columnName: string, dataType: string): string {
  const column = `\`${columnName}\``;
  if (dataType === "datetime") return `${column} = ${column} - INTERVAL 1000 * ? MICROSECOND`;
  const perMs = columnName.endsWith("_us") ? 1_000 : 1;
  return `${column} = ${column} - LEAST(${column}, ${perMs} * ?)`;
}
