import type { FolderOwnership } from "./servicesReport.ts";

/** A part of the product that could become a service, with the folders of core that it takes. */
export interface Boundary {
  readonly name: string;
  readonly folders: readonly string[];
}

/** The services that the data suggests. */
export const BOUNDARIES: readonly Boundary[] = [
  { name: "Waiting room", folders: ["queue"] },
  { name: "Reservation", folders: ["catalog", "reservation"] },
  { name: "Payment", folders: ["point", "payment"] },
];

/** The folders that each service would have, or that only read events. */
export const SHARED_FOLDERS = ["outbox", "idempotency", "notification", "sales", "user"] as const;

/**
 * The folder that owns each table: the one whose rules the table protects. Other folders that write
 * the table cross a boundary when they belong to another service.
 */
export const TABLE_OWNERS: ReadonlyMap<string, string> = new Map(
  Object.entries({
    queue: ["queues", "queue_former_limits", "queue_admissions", "queue_left_places"],
    catalog: ["concerts", "performances"],
    reservation: ["seats", "reservations", "reservation_seats", "seat_allowances"],
    point: ["point_accounts", "point_entries"],
    payment: ["payments"],
    outbox: ["outbox_messages", "outbox_publications", "inbox_messages", "leases"],
    idempotency: ["idempotency_records"],
    notification: ["notifications", "notification_deliveries"],
    sales: ["sales_reservations", "sales_performances"],
    user: ["users", "user_subjects"],
  }).flatMap(([folder, tables]) => tables.map((table) => [table, folder])),
);

/** The boundary of a folder; undefined for a folder that every service has. */
export function boundaryOf(folder: string | undefined): Boundary | undefined {
  return BOUNDARIES.find(({ folders }) => folders.some((one) => one === folder));
}

/** A table that a folder of another service writes. */
export interface CrossingWrite {
  readonly folder: string;
  readonly table: string;
  readonly owner: string;
}

/** Returns the writes that cross a boundary: each is part of a transaction that a split cuts. */
export function crossingWrites(ownership: readonly FolderOwnership[]): readonly CrossingWrite[] {
  return ownership.flatMap(({ folder, writes }) =>
    writes.flatMap((table) => {
      const owner = TABLE_OWNERS.get(table) ?? folder;
      const from = boundaryOf(folder);
      const to = boundaryOf(owner);
      return from && to && from !== to ? [{ folder, table, owner }] : [];
    }),
  );
}
