import type { Row } from "../database/rows.ts";
import { compileExpression } from "./compileExpression.ts";
import { Run } from "./run.ts";
import type { Scope } from "./scope.ts";
import type { Expression } from "./syntax.ts";
import type { TableSchema } from "./tableSchema.ts";
import { SqlRefusal } from "./tokens.ts";

/** Compiles a CHECK. As in MySQL, the CHECK accepts a row unless the condition is FALSE. */
export function compileCheck(table: TableSchema, condition: Expression): (row: Row) => boolean {
  const scope: Scope = {
    sources: [{ alias: table.name, slot: 0, columns: table.columns, table }],
    parent: undefined,
    aggregates: [],
    compileSubquery() {
      throw new SqlRefusal("a CHECK must not contain a subquery");
    },
  };
  const { evaluate } = compileExpression(condition, scope);
  // One run serves all rows: a CHECK cannot wait, so no two rows are checked at the same time.
  const run = new Run();
  return (row) => {
    run.rows[0] = row;
    return evaluate(run) !== false;
  };
}
