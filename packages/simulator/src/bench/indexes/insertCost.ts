import type { Connection, RowDataPacket } from "mysql2/promise";
import type { IndexCaseResult } from "../../study/indexes/indexReport.ts";
import { spreadOf } from "../spread.ts";

const WITH = "study_with";
const WITHOUT = "study_without";

/**
 * Inserts rows of the table into two copies, one of them without the index, in turns. The copies
 * have no foreign keys and begin empty.
 */
export async function insertCost(
  connection: Connection,
  { table, index }: { readonly table: string; readonly index: string },
  { batches, batchSize }: { readonly batches: number; readonly batchSize: number },
): Promise<IndexCaseResult["insert"]> {
  const times = { [WITH]: [] as number[], [WITHOUT]: [] as number[] };
  await connection.query(`CREATE TABLE ${WITH} LIKE ${table}`);
  await connection.query(`CREATE TABLE ${WITHOUT} LIKE ${table}`);
  try {
    await connection.query(`ALTER TABLE ${WITHOUT} DROP INDEX ${index}`);
    let afterId = 0;
    let rows = 0;
    for (let batch = 0; batch < batches; batch++) {
      const [ids] = await connection.query<RowDataPacket[]>(
        `SELECT MAX(id) AS lastId, COUNT(*) AS size FROM (
           SELECT id FROM ${table} WHERE id > ? ORDER BY id LIMIT ?) batch`,
        [afterId, batchSize],
      );
      const size = Number(ids[0]?.size ?? 0);
      if (size === 0) break;
      const lastId = Number(ids[0]?.lastId);
      // Each copy is first in every other batch, because the first one warms the source.
      const order = batch % 2 === 0 ? ([WITH, WITHOUT] as const) : ([WITHOUT, WITH] as const);
      for (const copy of order) {
        const fromMs = performance.now();
        await connection.query(
          `INSERT INTO ${copy} SELECT * FROM ${table} WHERE id > ? AND id <= ?`,
          [afterId, lastId],
        );
        times[copy].push(((performance.now() - fromMs) * 1000) / size);
      }
      afterId = lastId;
      rows += size;
    }
    return { rows, withUs: spreadOf(times[WITH]), withoutUs: spreadOf(times[WITHOUT]) };
  } finally {
    await connection.query(`DROP TABLE IF EXISTS ${WITH}, ${WITHOUT}`);
  }
}
