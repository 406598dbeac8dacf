import type { CheckedPaymentRow, EntryRow } from "../ports/invariantReader.ts";
import type { AccountFacts, Checker } from "./checker.ts";
import { dateOf, type ViolationLog, violationLog } from "./violations.ts";

/**
 * I4: spent minus refunded is the sum of confirmed prices, in total and for each payment. The first
 * rule compares the totals. Every other rule compares one payment with its reservation and its
 * ledger entries. A payment of 0 points has no entry. Partial refunds lower the price of the
 * reservation, and leave the amount that was paid.
 */
export const PAYMENT_RULES = {
  total: "in total, spent minus refunded is not the sum of the confirmed seats' prices",
  amountOrUser: "the payment's amount or user is not its reservation's",
  prices: "the reservation's amount is not the sum of its seats' prices",
  spend: "the payment is not spent in the ledger exactly once, by its buyer and in full",
  refund: "the refunds in the ledger and the payment's status disagree",
  entry: "the entry spends or refunds without a payment, or charges or adjusts with a reservation",
  refundTime: "the payment's status and its time of refund disagree",
} as const;

/** Checks I4. */
export function checkPaymentsMatchLedger(): Checker {
  const log = violationLog(PAYMENT_RULES);
  let rowsRead = 0;
  let spent = 0;
  let refunded = 0;
  let confirmed = 0;

  function checkEntries({ entries, payments }: AccountFacts): void {
    const paidIds = new Set(payments.map((payment) => payment.reservationId));
    for (const { id: entryId, kind, userId, reservationId, amount } of entries) {
      if (kind === "SPEND") spent += amount;
      if (kind === "REFUND") refunded += amount;
      const isOfPayment = kind === "SPEND" || kind === "REFUND";
      if (isOfPayment) rowsRead += 1;
      const isRight = isOfPayment
        ? reservationId !== null && paidIds.has(reservationId)
        : reservationId === null;
      if (!isRight) log.add("entry", { entryId, kind, userId, reservationId });
    }
  }

  return {
    takeAccount(facts) {
      checkEntries(facts);
      if (facts.payments.length === 0) return;
      const entries = Map.groupBy(facts.entries, (entry) => entry.reservationId);
      for (const payment of facts.payments) {
        checkPayment(log, payment, entries.get(payment.reservationId) ?? []);
      }
    },
    takePayment({ payment }) {
      if (!payment) return;
      const { id: paymentId, status, refundedAtUs } = payment;
      if ((status === "REFUNDED") === (refundedAtUs !== null)) return;
      log.add("refundTime", { paymentId, status, refundedAt: dateOf(refundedAtUs) });
    },
    takeReservation({ reservationId, reservation, seats, payment }) {
      if (payment) {
        rowsRead += 1;
        const { id: paymentId, userId: payerId } = payment;
        const paid = payment.amount - payment.partlyRefunded;
        const owed = reservation?.amount ?? null;
        const buyerId = reservation?.userId ?? null;
        if (paid !== owed || payerId !== buyerId) {
          log.add("amountOrUser", { paymentId, reservationId, paid, owed, payerId, buyerId });
        }
      }
      if (!reservation) return;
      rowsRead += 1;
      const pricesSum = seats
        .filter(({ releasedVersion }) => releasedVersion === null)
        .reduce((sum, { price }) => sum + price, 0);
      if (reservation.status === "CONFIRMED") confirmed += pricesSum;
      const { amount } = reservation;
      if (seats.length > 0 && pricesSum !== amount) {
        log.add("prices", { reservationId, amount, pricesSum });
      }
    },
    result() {
      if (spent - refunded !== confirmed) log.add("total", { spent, refunded, confirmed });
      return log.result(rowsRead);
    },
  };
}

const sumOf = (entries: readonly EntryRow[]): number =>
  entries.reduce((sum, { amount }) => sum + amount, 0);

/** @param own the ledger entries that the payer has for this reservation */
function checkPayment(
  log: ViolationLog<keyof typeof PAYMENT_RULES>,
  payment: CheckedPaymentRow,
  own: readonly EntryRow[],
): void {
  const { id: paymentId, reservationId, status, amount, partlyRefunded, version } = payment;
  const spends = own.filter(({ kind }) => kind === "SPEND");
  if (spends.length !== (amount === 0 ? 0 : 1) || sumOf(spends) !== amount) {
    log.add("spend", { paymentId, reservationId, spendCount: spends.length });
  }
  const refunds = own.filter(({ kind }) => kind === "REFUND");
  const refunded = status === "REFUNDED" ? amount : partlyRefunded;
  // Each version after the first is a refund, of a part or of the rest. A refund of free seats has
  // no entry.
  if (sumOf(refunds) !== refunded || refunds.length > version - 1) {
    log.add("refund", { paymentId, reservationId, status, refundCount: refunds.length });
  }
}
