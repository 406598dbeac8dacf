import type { Evidence } from "../../../ports/evidenceStore.ts";
import { PAYMENT_RULES } from "../../evidence/evidenceRules.ts";
import { searchedRules } from "../../evidence/findings.ts";
import type { PaymentRow, PointEntryRow, ReservationRow } from "../database/rows.ts";
import type { Statement } from "../database/statement.ts";
import type { Tables } from "../database/tables.ts";
import { askRules, dateOrNull, paymentOf, type Searches, sumOf } from "./askRules.ts";

interface JoinedPayment {
  readonly payment: PaymentRow;
  readonly reservation: ReservationRow | undefined;
  /** Those of its reservation that are its user's. */
  readonly entries: readonly PointEntryRow[];
}

interface PaymentView {
  readonly payments: readonly JoinedPayment[];
  readonly reservations: readonly ReservationRow[];
  readonly entries: readonly PointEntryRow[];
  paymentOf(reservationId: number): PaymentRow | undefined;
  /** Sum of the seats' prices, of reservations that have any. */
  readonly pricesSums: ReadonlyMap<number, number>;
}

const amountOf = ({ amount }: PointEntryRow): number => amount;

const ofLedger: Searches<"spend" | "refund" | "entry", PaymentView> = {
  *spend({ payments }) {
    for (const { payment, entries } of payments) {
      const spends = entries.filter(({ kind }) => kind === "SPEND");
      if (spends.length === 1 && sumOf(spends, amountOf) === payment.amount) continue;
      const { id, reservationId } = payment;
      yield { paymentId: id, reservationId, spendCount: spends.length };
    }
  },
  *refund({ payments }) {
    for (const { payment, entries } of payments) {
      const { id, reservationId, status, amount } = payment;
      const refunds = entries.filter(({ kind }) => kind === "REFUND");
      const owed = status === "REFUNDED" ? { count: 1, amount } : { count: 0, amount: 0 };
      if (refunds.length === owed.count && sumOf(refunds, amountOf) === owed.amount) continue;
      yield { paymentId: id, reservationId, status, refundCount: refunds.length };
    }
  },
  *entry({ entries, paymentOf }) {
    for (const { id, kind, userId, reservationId } of entries) {
      const hasReservation = reservationId !== null;
      if (kind === "CHARGE" && !hasReservation) continue;
      const payment = hasReservation ? paymentOf(reservationId) : undefined;
      if (kind !== "CHARGE" && payment?.userId === userId) continue;
      yield { entryId: id, kind, userId, reservationId };
    }
  },
};

const SEARCHES: Searches<keyof typeof PAYMENT_RULES, PaymentView> = {
  ...ofLedger,
  *total({ entries, reservations, pricesSums }) {
    const ofKind = (kind: PointEntryRow["kind"]): number =>
      sumOf(entries, (entry) => (entry.kind === kind ? entry.amount : 0));
    const spent = ofKind("SPEND");
    const refunded = ofKind("REFUND");
    const confirmed = sumOf(reservations, ({ id, status }) =>
      status === "CONFIRMED" ? (pricesSums.get(id) ?? 0) : 0,
    );
    if (spent - refunded === confirmed) return;
    // The driver gives sums as text.
    yield { spent: String(spent), refunded: String(refunded), confirmed: String(confirmed) };
  },
  *amountOrUser({ payments }) {
    for (const { payment, reservation } of payments) {
      const { id, amount, userId } = payment;
      if (reservation?.amount === amount && reservation.userId === userId) continue;
      yield {
        paymentId: id,
        reservationId: reservation?.id ?? null,
        paid: amount,
        owed: reservation?.amount ?? null,
        payerId: userId,
        buyerId: reservation?.userId ?? null,
      };
    }
  },
  *prices({ reservations, pricesSums }) {
    for (const { id, amount } of reservations) {
      const sum = pricesSums.get(id);
      if (sum === undefined || sum === amount) continue;
      yield { reservationId: id, amount, pricesSum: String(sum) };
    }
  },
  *refundTime({ payments }) {
    for (const { payment } of payments) {
      const { id, status, refundedAtUs } = payment;
      if ((status === "REFUNDED") === (refundedAtUs !== null)) continue;
      yield { paymentId: id, status, refundedAt: dateOrNull(refundedAtUs) };
    }
  },
};

const RULES = searchedRules(PAYMENT_RULES, SEARCHES);

/** I4. */
export function paymentEvidence(s: Statement, tables: Tables): Evidence {
  const payments = s.all(tables.payments);
  const reservations = s.all(tables.reservations);
  const entries = s.all(tables.pointEntries);
  const spendsAndRefunds = entries.filter(({ kind }) => kind !== "CHARGE");
  const entriesByReservation = Map.groupBy(spendsAndRefunds, (entry) => entry.reservationId);
  const pricesSums = new Map<number, number>();
  for (const { reservationId, price } of s.all(tables.reservationSeats)) {
    pricesSums.set(reservationId, (pricesSums.get(reservationId) ?? 0) + price);
  }
  const joined = payments.map((payment) => ({
    payment,
    reservation: s.find(tables.reservations, payment.reservationId),
    entries: (entriesByReservation.get(payment.reservationId) ?? []).filter(
      ({ userId }) => userId === payment.userId,
    ),
  }));
  const view = {
    payments: joined,
    reservations,
    entries,
    paymentOf: (reservationId: number) => paymentOf(s, tables, reservationId),
    pricesSums,
  };
  return askRules(RULES, view, payments.length + reservations.length + spendsAndRefunds.length);
}
