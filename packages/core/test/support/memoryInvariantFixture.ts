import { corrupted, type HistoryEditor } from "@onsale/conformance/invariants/corruption";
import {
  HISTORY_TABLES,
  type HistoryRow,
  type HistoryRows,
  type HistoryTable,
} from "@onsale/conformance/invariants/historyRows";
import type { InvariantFixture } from "@onsale/conformance/invariants/invariantFixture";
import type { MemoryDatabase } from "../../src/adapters/memory/database/memoryDatabase.ts";
import type { ServerTransaction } from "../../src/adapters/memory/database/serverTransaction.ts";
import type { Key, Table } from "../../src/adapters/memory/database/table.ts";
import {
  createMemoryServers,
  type MemoryServers,
  openMemoryCore,
} from "../../src/compose/openMemory.ts";
import type { CoreContext } from "../../src/ports/coreContext.ts";
import type { Clock } from "../../src/shared/clock.ts";
import { testCoreConfig } from "./coreConfig.ts";

type TablesOfHistory = { readonly [Name in HistoryTable]: Table<HistoryRow[Name]> };

/** Writes rows without any check, as if another program had changed the files of the server. */
function putAll<Row extends object>(
  by: ServerTransaction,
  table: Table<Row>,
  changes: readonly { readonly key: Key; readonly row: Row | undefined }[],
): void {
  for (const { key, row } of changes) {
    const stored = table.at(key);
    void stored.lock(by, "exclusive");
    stored.put(by, row);
  }
}

/** Deletes and inserts in two transactions, so that the new rows keep their order. */
function replaceRows<Name extends HistoryTable>(
  database: MemoryDatabase,
  table: TablesOfHistory[Name],
  rows: HistoryRows[Name],
): void {
  const gone = [...table.all()].map(({ key }) => ({ key, row: undefined }));
  const come = rows.map((row) => ({ key: table.keyOf(row), row }));
  for (const changes of [gone, come]) {
    const by = database.begin();
    putAll(by, table, changes);
    by.commit();
  }
}

/** The committed rows of the database. */
async function rowsOf(database: MemoryDatabase, tables: TablesOfHistory): Promise<HistoryRows> {
  return database.autocommit((s) => ({
    seats: s.all(tables.seats),
    reservations: s.all(tables.reservations),
    reservationSeats: s.all(tables.reservationSeats),
    pointAccounts: s.all(tables.pointAccounts),
    pointEntries: s.all(tables.pointEntries),
    payments: s.all(tables.payments),
    idempotencyRecords: s.all(tables.idempotencyRecords),
    outboxMessages: s.all(tables.outboxMessages),
    outboxPublications: s.all(tables.outboxPublications),
    inboxMessages: s.all(tables.inboxMessages),
    notifications: s.all(tables.notifications),
    opsAudit: s.all(tables.opsAudit),
    queues: s.all(tables.queues),
    queueFormerLimits: s.all(tables.queueFormerLimits),
    queueAdmissions: s.all(tables.queueAdmissions),
  }));
}

/** Changes rows of a database in use, without the checks of the database. */
export async function plantDamage(
  { database }: MemoryServers,
  plant: (editor: HistoryEditor) => void,
): Promise<void> {
  const tables: TablesOfHistory = database.tables;
  const rows = await rowsOf(database, tables);
  const history = { rows, acknowledged: undefined, nowUs: 0 };
  const damaged = corrupted(history, [{ plant }]).rows;
  const replace = <Name extends HistoryTable>(name: Name): void => {
    if (damaged[name] !== rows[name]) replaceRows(database, tables[name], damaged[name]);
  };
  for (const name of HISTORY_TABLES) replace(name);
}

/** An in-memory database. Planted rows bypass its checks. */
export function memoryInvariantFixture(
  clock: Clock,
): InvariantFixture & { readonly core: CoreContext } {
  const servers = createMemoryServers({ clock });
  const config = { core: testCoreConfig(), logLevel: "silent" } as const;
  const { core } = openMemoryCore(config, servers, { clock });
  const tables: TablesOfHistory = servers.database.tables;
  return {
    core,
    nowUs: async () => Math.floor(clock.nowMs()) * 1000,
    async plant(rows) {
      for (const name of HISTORY_TABLES) replaceRows(servers.database, tables[name], rows[name]);
    },
  };
}
