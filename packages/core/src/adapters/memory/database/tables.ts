import assert from "node:assert/strict";
import { compileCheck } from "../sql/compileCheck.ts";
import { indexReader, keyReader, prefixName } from "../sql/keys.ts";
import { SCHEMA } from "../sql/schema.ts";
import type { TableSchema } from "../sql/tableSchema.ts";
import type {
  AdmissionRow,
  AuditRow,
  ConcertRow,
  FormerLimitsRow,
  IdBlockRow,
  IdempotencyRow,
  InboxRow,
  InvariantCheckRow,
  JobRow,
  LeaseRow,
  NotificationRow,
  OutboxRow,
  PaymentRow,
  PerformanceRow,
  PointAccountRow,
  PointEntryRow,
  PublicationRow,
  QueueRow,
  ReservationRow,
  ReservationSeatRow,
  Row,
  SeatAllowanceRow,
  SeatTableRow,
  UserRow,
  WorkerRow,
} from "./rows.ts";
import { type Key, type LockableRow, Table, type TableDefinition } from "./table.ts";

export { keyOf } from "../sql/keys.ts";

/** All tables of the schema, with the constraints of the migrations. */
export type Tables = ReturnType<typeof createTables>;

/** Compares rows by id, which is the order of their inserts. */
export const byId = (a: { readonly id: number }, b: { readonly id: number }): number => a.id - b.id;

export function createTables() {
  const tables = new Map<string, { get(key: Key): LockableRow | undefined }>();
  function table<R extends Row>(name: string): Table<R> {
    const definition = DEFINITIONS.get(name);
    assert(definition, `the migrations make no table ${name}`);
    const made = new Table<R>(definition((parent, key) => tables.get(parent)?.get(key)));
    tables.set(name, made);
    return made;
  }
  return {
    users: table<UserRow>("users"),
    concerts: table<ConcertRow>("concerts"),
    performances: table<PerformanceRow>("performances"),
    seats: table<SeatTableRow>("seats"),
    reservations: table<ReservationRow>("reservations"),
    reservationSeats: table<ReservationSeatRow>("reservation_seats"),
    seatAllowances: table<SeatAllowanceRow>("seat_allowances"),
    payments: table<PaymentRow>("payments"),
    pointAccounts: table<PointAccountRow>("point_accounts"),
    pointEntries: table<PointEntryRow>("point_entries"),
    outboxMessages: table<OutboxRow>("outbox_messages"),
    outboxPublications: table<PublicationRow>("outbox_publications"),
    inboxMessages: table<InboxRow>("inbox_messages"),
    notifications: table<NotificationRow>("notifications"),
    queues: table<QueueRow>("queues"),
    queueFormerLimits: table<FormerLimitsRow>("queue_former_limits"),
    queueAdmissions: table<AdmissionRow>("queue_admissions"),
    leases: table<LeaseRow>("leases"),
    idBlocks: table<IdBlockRow>("id_blocks"),
    idempotencyRecords: table<IdempotencyRow>("idempotency_records"),
    operationJobs: table<JobRow>("operation_jobs"),
    opsAudit: table<AuditRow>("ops_audit"),
    workers: table<WorkerRow>("workers"),
    invariantChecks: table<InvariantCheckRow>("invariant_checks"),
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
