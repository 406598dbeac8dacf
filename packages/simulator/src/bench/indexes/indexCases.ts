import { BUCKET_BATCH_MAX, datesFilter, EXPIRY_BATCH_MAX } from "@onsale/core/statements";
import type { IndexGround } from "./fillCatalog.ts";

/** The indexes that the server may use in a measurement. */
export interface IndexVariant {
  readonly name: string;
  /** Indexes that the server ignores. */
  readonly hidden: readonly string[];
  /** The columns of an index that the study adds for this variant. */
  readonly added?: string;
  readonly isProduct?: true;
}

/** The values of the parameters of a statement. */
export type IndexValues = Record<string, string | number | Date | null>;

/** A query of the product, and the indexes with which it is measured. */
export interface IndexCase {
  readonly name: string;
  readonly title: string;
  /** The name of the statement in its store. */
  readonly statement: string;
  readonly table: string;
  /** The index of the product for this query, and its columns. */
  readonly index: string;
  readonly columns: string;
  readonly values: (ground: IndexGround) => IndexValues;
  /** The first variant has no index for the query. */
  readonly variants: readonly IndexVariant[];
}

/** A page of the API: the default of 20 concerts, and one more to see whether a page follows. */
const PAGE = 21;
const PRODUCT: IndexVariant = { name: "index of the product", hidden: [], isProduct: true };
const withoutIndex = (...hidden: string[]): IndexVariant => ({ name: "without the index", hidden });

export const INDEX_CASES: readonly IndexCase[] = [
  {
    name: "concertsByDate",
    title: "Concerts of one day, the first page",
    statement: "catalog.listConcerts:dates",
    ...{ table: "performances", index: "performances_date", columns: "starts_at, concert_id" },
    values: ({ from, until }) => ({
      ...{ afterId: 0, title: null, singer: null, limit: PAGE },
      ...{ isBasicTitle: 1, isBasicSinger: 1 },
      ...datesFilter(from, until),
    }),
    variants: [withoutIndex("performances_date"), PRODUCT],
  },
  {
    name: "datesOfConcert",
    title: "Dates of a concert, with free seats",
    statement: "catalog.performancesOf",
    ...{ table: "performances", index: "performances_concert", columns: "concert_id, starts_at" },
    values: ({ concertId }) => ({ concertId }),
    variants: [withoutIndex("performances_concert"), PRODUCT],
  },
  {
    name: "freeSeats",
    title: "Free seats of a performance",
    statement: "catalog.freeSeatIds",
    ...{ table: "seats", index: "seats_for_sale" },
    columns: "performance_id, status, hold_expires_at",
    values: ({ performanceId }) => ({ performanceId }),
    variants: [
      withoutIndex("seats_for_sale", "seats_number"),
      { name: "unique key of the seat number only", hidden: ["seats_for_sale"] },
      {
        name: "performance, status",
        hidden: ["seats_for_sale"],
        added: "performance_id, status",
      },
      {
        name: "status, performance",
        hidden: ["seats_for_sale"],
        added: "status, performance_id",
      },
      {
        name: "status, performance, end of hold",
        hidden: ["seats_for_sale"],
        added: "status, performance_id, hold_expires_at",
      },
      PRODUCT,
    ],
  },
  {
    name: "overdueHolds",
    title: "Overdue holds, one batch",
    statement: "reservations.lockOverdue",
    ...{ table: "reservations", index: "reservations_overdue", columns: "status, expires_at" },
    values: () => ({ max: EXPIRY_BATCH_MAX }),
    variants: [withoutIndex("reservations_overdue"), PRODUCT],
  },
  {
    name: "dueMessages",
    title: "Due outbox messages of a bucket",
    statement: "outbox.due",
    ...{ table: "outbox_messages", index: "outbox_messages_due" },
    columns: "bucket, status, id, next_attempt_at",
    values: ({ bucket }) => ({ bucket, max: BUCKET_BATCH_MAX }),
    variants: [
      withoutIndex("outbox_messages_due", "outbox_messages_published"),
      { name: "index of the cleanup only", hidden: ["outbox_messages_due"] },
      PRODUCT,
    ],
  },
];

/** The name of the index that a variant adds. */
export const ADDED_INDEX = "study_added";
