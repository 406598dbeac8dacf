type RunSql = (sql: string) => Promise<readonly Record<string, unknown>[]>;

/** A waiting transaction in InnoDB's report; MariaDB writes its own name into the second line. */
const LOCK_WAIT = /^LOCK WAIT .*\n(?:MySQL|MariaDB) thread id (\d+),/gm;

/**
 * How many transactions of this connection's database wait for a row lock now. The tables
 * innodb_trx and processlist of information_schema would be easier to read, but MySQL 9 cannot
 * convert a running statement that has a four-byte character (error 3854).
 */
export async function countLockWaits(sql: RunSql): Promise<number> {
  const [report] = await sql("SHOW ENGINE INNODB STATUS");
  const waitingIds = [...String(report?.Status).matchAll(LOCK_WAIT)].map((match) => match[1]);
  if (waitingIds.length === 0) return 0;
  const [here] = await sql("SELECT DATABASE() AS name");
  const connections = await sql("SHOW PROCESSLIST");
  return connections.filter(({ Id, db }) => db === here?.name && waitingIds.includes(String(Id)))
    .length;
}
