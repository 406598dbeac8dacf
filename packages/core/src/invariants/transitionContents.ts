import type { EventOf } from "../events/eventCatalog.ts";
import type {
  CheckedPaymentRow,
  CheckedReservationRow,
  EntryRow,
  ReservationSeatRow,
} from "../ports/invariantReader.ts";
import type { ReservationStatus } from "../ports/reservationStore.ts";
import type { LedgerEntryKind } from "../shared/entryKinds.ts";

/** The facts of the rows about a transition. Its event must have the same facts. */
export interface TransitionContent {
  readonly type: string;
  /** Values of the payload by the names of their fields, without the ids of the aggregate. */
  readonly values: Readonly<Record<string, number | readonly number[]>>;
  /** Values of fields that a message of an earlier version of the program lacks. */
  readonly absent?: Readonly<Record<string, number>>;
}

/**
 * The content of the transition to a version; undefined when the rows do not have it, because
 * the version does not exist or does not fit the state. Other rules of I5 find such a version.
 */
export type ContentOf = (version: number) => TransitionContent | undefined;

type ReservationType = EventOf<"reservation">["type"];

/** The transitions of the whole reservation that lead to each state, in their order. */
const TYPES_OF_RESERVATION: Readonly<Record<ReservationStatus, readonly ReservationType[]>> = {
  PENDING: ["reservation.held"],
  CONFIRMED: ["reservation.held", "reservation.confirmed"],
  CANCELLED: ["reservation.held", "reservation.cancelled"],
  EXPIRED: ["reservation.held", "reservation.expired"],
  REFUNDED: ["reservation.held", "reservation.confirmed", "reservation.refunded"],
};

/** The transitions of a reservation, as its row and its seats show them. */
export interface ReservationTransitions {
  /** The version after all of them. */
  readonly version: number;
  /** The points of each partial refund, in order: each is a transition of the payment too. */
  readonly partialRefunds: readonly number[];
  readonly contentOf: ContentOf;
}

/**
 * Reads the transitions of a reservation. Each seat that was given back alone has the version of
 * its partial transition; the other versions are those of the whole. An event has the seats and the
 * price after its transition.
 */
export function reservationTransitions(
  { status, amount }: Pick<CheckedReservationRow, "status" | "amount">,
  seats: readonly ReservationSeatRow[],
): ReservationTransitions {
  const partial = new Set(seats.flatMap(({ releasedVersion }) => releasedVersion ?? []));
  const whole = TYPES_OF_RESERVATION[status].values();
  const types: (ReservationType | undefined)[] = [undefined];
  let isPaid = false;
  const last = TYPES_OF_RESERVATION[status].length + partial.size;
  for (let version = 1; version <= last; version += 1) {
    const type: ReservationType | undefined = partial.has(version)
      ? partialType(isPaid)
      : whole.next().value;
    isPaid ||= type === "reservation.confirmed";
    types.push(type);
  }
  const pricesOf = (version: number): number =>
    sumOf(seats.filter(({ releasedVersion }) => releasedVersion === version));
  const partialRefunds = types.flatMap((type, version) =>
    type === "reservation.partly-refunded" ? pricesOf(version) : [],
  );
  return {
    ...{ version: last, partialRefunds },
    contentOf(version) {
      const left = seats.filter((seat) => isLeftAt(seat, version));
      const later = left.filter(({ releasedVersion }) => releasedVersion !== null);
      const seatIds = left.map(({ seatId }) => seatId);
      return contentOf(types[version], { amount: amount + sumOf(later), seatIds });
    },
  };
}

const partialType = (isPaid: boolean): ReservationType =>
  isPaid ? "reservation.partly-refunded" : "reservation.partly-cancelled";

const sumOf = (seats: readonly ReservationSeatRow[]): number =>
  seats.reduce((sum, { price }) => sum + price, 0);

const isLeftAt = ({ releasedVersion }: ReservationSeatRow, version: number): boolean =>
  releasedVersion === null || releasedVersion > version;

/**
 * The amount that was paid never changes. A partial refund gives back the prices of its seats, and
 * the last refund the rest of the amount.
 * @param partialRefunds the points of the partial refunds, in order, as the reservation shows them
 */
export function paymentContent(
  payment: Pick<CheckedPaymentRow, "status" | "amount" | "partlyRefunded" | "version">,
  partialRefunds: readonly number[],
): ContentOf {
  const { status, amount, partlyRefunded, version: last } = payment;
  const typeOf = (version: number): EventOf<"payment">["type"] | undefined => {
    if (version < 1 || version > last) return undefined;
    if (version === 1) return "payment.captured";
    return status === "REFUNDED" && version === last
      ? "payment.refunded"
      : "payment.partly-refunded";
  };
  return (version) => {
    const type = typeOf(version);
    if (type === undefined || type === "payment.captured") return contentOf(type, { amount });
    const refundedAmount =
      type === "payment.refunded" ? amount - partlyRefunded : partialRefunds[version - 2];
    // The reservation does not have this partial refund: the rule of the versions finds that.
    if (refundedAmount === undefined) return contentOf(type, { amount });
    return { type, values: { amount, refundedAmount }, absent: { refundedAmount: amount } };
  };
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
