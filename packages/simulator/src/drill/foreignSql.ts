import { type Connection, createConnection, type RowDataPacket } from "mysql2/promise";

type Values = readonly (string | number)[];

/** Runs one statement in the database of the URL, as another program would. */
export async function runSql(url: string, statement: string, values: Values = []): Promise<void> {
  const connection = await createConnection({ uri: url });
  try {
    await connection.execute(statement, [...values]);
  } finally {
    await connection.end();
  }
}

/**
 * Reads one whole number from the column `value` of the first row. @throws Error without a row, or
 * when the value is not a whole number
 */
export async function readNumber(url: string, query: string, values: Values = []): Promise<number> {
  const connection = await createConnection({ uri: url });
  try {
    const [rows] = await connection.execute<RowDataPacket[]>(query, [...values]);
    const value = Number(rows[0]?.value ?? Number.NaN);
    if (!Number.isSafeInteger(value)) throw new Error(`The query returned no number: ${query}`);
    return value;
  } finally {
    await connection.end();
  }
}

/** Statements of another program that run at the same time. */
export interface ForeignStatements {
  /** Kills their connections; the server rolls back their transactions. */
  end(): Promise<void>;
}

/**
 * Begins the same statement in many transactions, which stay open. Statements that lock rows wait
 * for the first of them.
 */
export async function runAtOnce(
  url: string,
  statement: string,
  values: Values,
  count: number,
): Promise<ForeignStatements> {
  const connections: Connection[] = [];
  for (let opened = 0; opened < count; opened += 1) {
    connections.push(await createConnection({ uri: url }));
  }
  const results = connections.map(async (connection) => {
    await connection.beginTransaction();
    await connection.query(statement, [...values]);
  });
  // A statement fails when its connection is killed.
  const ended = Promise.allSettled(results);
  return {
    async end() {
      for (const { threadId } of connections) await runSql(url, `KILL ${threadId}`);
      await ended;
      for (const connection of connections) connection.destroy();
    },
  };
}
