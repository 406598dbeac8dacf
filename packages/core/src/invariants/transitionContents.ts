import type { EventOf } from "../events/eventCatalog.ts";
import type {
  CheckedPaymentRow,
  CheckedReservationRow,
  EntryRow,
  ReservationSeatRow,
} from "../ports/invariantReader.ts";
import type { PaymentStatus } from "../ports/paymentStore.ts";
import type { ReservationStatus } from "../ports/reservationStore.ts";
import type { LedgerEntryKind } from "../shared/entryKinds.ts";

/** The facts of the rows about a transition. Its event must have the same facts. */
export interface TransitionContent {
  readonly type: string;
  /** Values of the payload by the names of their fields, without the ids of the aggregate. */
  readonly values: Readonly<Record<string, number | readonly number[]>>;
}

/**
 * The content of the transition to a version; undefined when the rows do not have it, because
 * the version does not exist or does not fit the state. Other rules of I5 find such a version.
 */
export type ContentOf = (version: number) => TransitionContent | undefined;

/** The last transition of a reservation in this state; PENDING is the first one. */
const SECOND_OF_RESERVATION: Readonly<
  Record<ReservationStatus, EventOf<"reservation">["type"] | undefined>
> = {
  PENDING: undefined,
  CONFIRMED: "reservation.confirmed",
  CANCELLED: "reservation.cancelled",
  EXPIRED: "reservation.expired",
  // A reservation is refunded after it was confirmed.
  REFUNDED: "reservation.confirmed",
};

/** Amount and seats of a reservation never change, so all of its events have the same values. */
export function reservationContent(
  { status, amount }: Pick<CheckedReservationRow, "status" | "amount">,
  seats: readonly ReservationSeatRow[],
): ContentOf {
  const values = { amount, seatIds: seats.map(({ seatId }) => seatId) };
  const types = [
    undefined,
    "reservation.held",
    SECOND_OF_RESERVATION[status],
    status === "REFUNDED" ? "reservation.refunded" : undefined,
  ];
  return (version) => contentOf(types[version], values);
}

const SECOND_OF_PAYMENT: Readonly<Record<PaymentStatus, EventOf<"payment">["type"] | undefined>> = {
  CAPTURED: undefined,
  REFUNDED: "payment.refunded",
};

/** The amount of a payment never changes: a refund gives all of it back. */
export function paymentContent({
  status,
  amount,
}: Pick<CheckedPaymentRow, "status" | "amount">): ContentOf {
  const types = [undefined, "payment.captured", SECOND_OF_PAYMENT[status]];
  return (version) => contentOf(types[version], { amount });
}

const TYPE_OF_ENTRY: Readonly<Record<LedgerEntryKind, EventOf<"point-account">["type"]>> = {
  CHARGE: "point-account.charged",
  SPEND: "point-account.spent",
  REFUND: "point-account.refunded",
  ADJUST_CREDIT: "point-account.credited",
  ADJUST_DEBIT: "point-account.debited",
};

/** Each ledger entry is a transition of its account. I3 finds two entries of one version. */
export function entryContent(entries: readonly EntryRow[]): ContentOf {
  const byVersion = new Map(entries.map((entry) => [entry.accountVersion, entry]));
  return (version) => {
    const entry = byVersion.get(version);
    if (!entry) return undefined;
    const { kind, amount, balanceAfter } = entry;
    return contentOf(TYPE_OF_ENTRY[kind], { amount, balanceAfter });
  };
}

function contentOf(
  type: string | undefined,
  values: TransitionContent["values"],
): TransitionContent | undefined {
  return type === undefined ? undefined : { type, values };
}
