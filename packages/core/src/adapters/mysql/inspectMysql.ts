import { createConnection, type RowDataPacket } from "mysql2/promise";
import type { InspectedSetting, ServerInspection } from "../../ports/serverInspection.ts";
import type { Clock } from "../../shared/clock.ts";
import { measureSkew } from "../shared/clockSkew.ts";
import { notVisible } from "../shared/notVisible.ts";
import { tlsReason } from "../shared/tlsReason.ts";
import { type MysqlAddress, serverOptions } from "./clientOptions.ts";

/** A server that takes longer to accept a connection counts as down. */
const CONNECT_MS = 2_000;

const READ_TIME = "SELECT UNIX_TIMESTAMP(NOW(6)) * 1000 AS nowMs";
const READ_VERSION = "SELECT VERSION() AS version";
const READ_VARIABLES = /* sql */ `
  SHOW GLOBAL VARIABLES WHERE Variable_name IN ('version', 'version_comment',
    'innodb_rollback_on_timeout', 'transaction_isolation', 'tx_isolation',
    'innodb_flush_log_at_trx_commit', 'log_bin', 'sync_binlog', 'max_connections')`;

/** Inspects the database server once. Never throws; the result shows every problem. */
export async function inspectMysql(
  settings: MysqlAddress & { readonly poolMax: number },
  clock: Clock,
): Promise<ServerInspection> {
  let connection: Awaited<ReturnType<typeof createConnection>> | undefined;
  try {
    // Connects without naming the database, because the server can be inspected even when the
    // database is missing.
    const address = serverOptions(settings);
    const open = await createConnection({ ...address, connectTimeout: CONNECT_MS });
    connection = open;
    const [rows] = await open.query<RowDataPacket[]>(READ_VARIABLES).catch(nothingIfForbidden);
    const variables = new Map(rows.map((row) => [String(row.Variable_name), String(row.Value)]));
    if (!variables.has("version")) {
      const [[row]] = await open.query<RowDataPacket[]>(READ_VERSION);
      variables.set("version", String(row?.version));
    }
    const skew = await measureSkew(clock, async () => {
      const [[row]] = await open.query<RowDataPacket[]>(READ_TIME);
      return Number(row?.nowMs);
    });
    return {
      server: "mysql",
      reachable: true,
      version: versionOf(variables),
      ...skew,
      settings: judge(variables, settings.poolMax),
    };
  } catch (error) {
    const text = error instanceof Error ? error.message || error.name : String(error);
    const reason = tlsReason(clock, "MYSQL", settings.tls, text);
    return { server: "mysql", reachable: false, reason, settings: [] };
  } finally {
    connection?.destroy();
  }
}

const FORBIDDEN: ReadonlySet<unknown> = new Set([
  "ER_SPECIFIC_ACCESS_DENIED_ERROR",
  "ER_TABLEACCESS_DENIED_ERROR",
  "ER_DBACCESS_DENIED_ERROR",
]);

/** Some hosted services let no user of an application read the settings. */
function nothingIfForbidden(error: unknown): [RowDataPacket[]] {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (!FORBIDDEN.has(code)) throw error;
  return [[]];
}

type Variables = ReadonlyMap<string, string>;

function versionOf(variables: Variables): string {
  const version = variables.get("version") ?? "?";
  const isMariadb = /mariadb/i.test(`${version} ${variables.get("version_comment") ?? ""}`);
  return `${isMariadb ? "MariaDB" : "MySQL"} ${/^[\d.]+/.exec(version)?.[0] ?? version}`;
}

/** The value of a setting that the server did not return. */
const UNREAD = "?";

function judge(variables: Variables, poolMax: number): InspectedSetting[] {
  const isolation =
    variables.get("transaction_isolation") ?? variables.get("tx_isolation") ?? UNREAD;
  const rollback = variables.get("innodb_rollback_on_timeout") ?? UNREAD;
  const flush = variables.get("innodb_flush_log_at_trx_commit") ?? UNREAD;
  const connections = variables.get("max_connections") ?? UNREAD;
  const found: InspectedSetting[] = [
    {
      name: "innodb_rollback_on_timeout",
      value: rollback,
      verdict: rollback === "ON" ? "ok" : "note",
      why: "with OFF a lock-wait timeout undoes one statement; Onsale rolls back the transaction",
    },
    {
      name: "transaction_isolation",
      value: isolation,
      verdict: isolation === "READ-COMMITTED" ? "ok" : "note",
      why: "the server's default; Onsale sets READ COMMITTED for each of its sessions",
    },
    {
      name: "innodb_flush_log_at_trx_commit",
      value: flush,
      verdict: flush === "1" ? "ok" : "wrong",
      why: "with another value, a crash can lose acknowledged sales (I10)",
    },
    {
      name: "max_connections",
      value: connections,
      verdict: Number(connections) >= poolMax ? "ok" : "wrong",
      why: `every process may open ${poolMax} (MYSQL_POOL_MAX); add up all processes`,
    },
  ];
  if (variables.get("log_bin") === "ON") {
    const sync = variables.get("sync_binlog") ?? UNREAD;
    const verdict = sync === "1" ? "ok" : "note";
    const why = "with another value, replicas can lack acknowledged sales after a crash";
    found.push({ name: "sync_binlog", value: sync, verdict, why });
  }
  return found.map((setting) =>
    setting.value === UNREAD ? notVisible(setting.name, "SHOW GLOBAL VARIABLES") : setting,
  );
}
