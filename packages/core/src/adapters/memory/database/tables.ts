import assert from "node:assert/strict";
import { compileCheck } from "../sql/compileCheck.ts";
import { indexReader, keyReader, prefixName } from "../sql/keys.ts";
import { SCHEMA } from "../sql/schema.ts";
import type { TableSchema } from "../sql/tableSchema.ts";
import type { Row } from "./rows.ts";
import { type Key, type LockableRow, Table, type TableDefinition } from "./table.ts";
import type { TableRows } from "./tableRows.ts";

export { keyOf } from "../sql/keys.ts";

/** All tables of the schema, with the constraints of the migrations. */
export type Tables = ReturnType<typeof createTables>;

/** Compares rows by id, which is the order of their inserts. */
export const byId = (a: { readonly id: number }, b: { readonly id: number }): number => a.id - b.id;

export function createTables() {
  const tables = new Map<string, { get(key: Key): LockableRow | undefined }>();
  function table<N extends keyof TableRows>(property: N): Table<TableRows[N]> {
    const name = property.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
    const definition = DEFINITIONS.get(name);
    assert(definition, `the migrations make no table ${name}`);
    const made = new Table<TableRows[N]>(definition((parent, key) => tables.get(parent)?.get(key)));
    tables.set(name, made);
    return made;
  }
  return {
    users: table("users"),
    userSubjects: table("userSubjects"),
    concerts: table("concerts"),
    performances: table("performances"),
    seats: table("seats"),
    reservations: table("reservations"),
    reservationSeats: table("reservationSeats"),
    seatAllowances: table("seatAllowances"),
    payments: table("payments"),
    pointAccounts: table("pointAccounts"),
    pointEntries: table("pointEntries"),
    outboxMessages: table("outboxMessages"),
    outboxPublications: table("outboxPublications"),
    inboxMessages: table("inboxMessages"),
    notifications: table("notifications"),
    notificationDeliveries: table("notificationDeliveries"),
    salesReservations: table("salesReservations"),
    salesPerformances: table("salesPerformances"),
    seatBlocks: table("seatBlocks"),
    queues: table("queues"),
    queueFormerLimits: table("queueFormerLimits"),
    queueAdmissions: table("queueAdmissions"),
    queueLeftPlaces: table("queueLeftPlaces"),
    leases: table("leases"),
    idBlocks: table("idBlocks"),
    idempotencyRecords: table("idempotencyRecords"),
    operationJobs: table("operationJobs"),
    opsAudit: table("opsAudit"),
    workers: table("workers"),
    invariantChecks: table("invariantChecks"),
  };
}

/**
 * Returns the tables in the order of the schema. A compiled statement finds a table by its index.
 */
export function inSchemaOrder(tables: Tables): readonly Table<Row>[] {
  const byName = new Map<string, Table<Row>>(
    Object.values<Table<Row>>(tables).map((table) => [table.name, table]),
  );
  return [...SCHEMA.keys()].map((name) => {
    const table = byName.get(name);
    assert(table, `the migrations make a table ${name} which the in-memory database does not have`);
    return table;
  });
}

type FindRow = (table: string, key: Key) => LockableRow | undefined;

/** Table definitions. All databases of this process share them. */
const DEFINITIONS: ReadonlyMap<string, (find: FindRow) => TableDefinition<Row>> = new Map(
  [...SCHEMA].map(([name, schema]) => [name, definitionOf(schema)]),
);

function definitionOf(schema: TableSchema): (find: FindRow) => TableDefinition<Row> {
  const primary = keyReader(schema.primaryKey.columns);
  const unique = schema.keys.filter(({ isUnique }) => isUnique);
  const fixed = {
    name: schema.name,
    columns: Object.fromEntries(
      [...schema.columns.values()].map((column) => [column.property, column]),
    ),
    key(row: Row): Key {
      const key = primary(row);
      if (key === undefined) assert.fail(`a row of ${schema.name} without its key`);
      return key;
    },
    unique: Object.fromEntries(unique.map(({ name, columns }) => [name, indexReader(columns)])),
    indexes: Object.fromEntries(prefixesOf(schema)),
    checks: Object.fromEntries(
      schema.checks.map(({ name, condition }) => [name, compileCheck(schema, condition)]),
    ),
  };
  return (find) => ({
    ...fixed,
    references: Object.fromEntries(
      schema.references.map(({ name, column, table }) => {
        const parentOf = keyReader([column]);
        return [
          name,
          (row: Row) => {
            const key = parentOf(row);
            return key === undefined ? undefined : find(table, key);
          },
        ];
      }),
    ),
  });
}

/** Returns the prefixes of all keys as indexes. The names of the columns form an index's name. */
function prefixesOf({ primaryKey, keys }: TableSchema) {
  return [primaryKey, ...keys].flatMap(({ columns }) =>
    columns.map((_column, at) => {
      const prefix = columns.slice(0, at + 1);
      return [prefixName(prefix), indexReader(prefix)] as const;
    }),
  );
}
