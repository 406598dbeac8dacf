import type { InvariantId } from "../../src/invariants/invariantList.ts";

/** A way to break an invariant, as statements on a whole history. */
export interface Damage {
  readonly breaks: InvariantId;
  readonly what: string;
  readonly plant: readonly string[];
}

const OF_CONFIRMED = "(SELECT id FROM reservations WHERE status = 'CONFIRMED' LIMIT 1)";
const OF_PENDING = "(SELECT id FROM reservations WHERE status = 'PENDING' LIMIT 1)";
const keepTime = "updated_at = updated_at";
const newClaim = (status: string, created: string): string[] => [
  `INSERT INTO reservations
     (id, user_id, performance_id, status, amount, expires_at, version, created_at)
   SELECT 9001, 1, performance_id, '${status}', amount, NOW(6) + INTERVAL 1 HOUR,
     IF('${status}' = 'PENDING', 1, 2), ${created} FROM reservations WHERE status = 'CONFIRMED'`,
  `INSERT INTO reservation_seats (reservation_id, seat_id, price, seat_version, live)
   SELECT 9001, seat_id, price, 1, IF('${status}' = 'PENDING', 1, NULL)
   FROM reservation_seats WHERE reservation_id = ${OF_CONFIRMED}`,
];

/** Damage to seats, reservations, points and payments. */
export const SALE_DAMAGES: readonly Damage[] = [
  { breaks: "I1", what: "two live claims on one seat", plant: newClaim("PENDING", "NOW(6)") },
  {
    breaks: "I1",
    what: "two claims that overlapped in the past",
    plant: newClaim("CANCELLED", "NOW(6)"),
  },
  {
    breaks: "I1",
    what: "a live claim of a reservation that has ended",
    plant: [
      `UPDATE reservation_seats rs JOIN reservations r ON r.id = rs.reservation_id
             SET rs.live = 1 WHERE r.status = 'CANCELLED'`,
    ],
  },
  {
    breaks: "I1",
    what: "a claim without its live flag",
    plant: [`UPDATE reservation_seats SET live = NULL WHERE reservation_id = ${OF_PENDING}`],
  },
  {
    breaks: "I1",
    what: "a held seat whose reservation has ended",
    plant: [
      `UPDATE seats SET reservation_id =
             (SELECT id FROM reservations WHERE status = 'CANCELLED') WHERE status = 'HELD'`,
    ],
  },
  {
    breaks: "I1",
    what: "a seat for sale that somebody has",
    plant: ["UPDATE seats SET status = 'AVAILABLE', reservation_id = NULL WHERE status = 'HELD'"],
  },
  {
    breaks: "I1",
    what: "a reservation without seats",
    plant: [`DELETE FROM reservation_seats WHERE reservation_id = ${OF_PENDING}`],
  },
  {
    breaks: "I1",
    what: "a seat of another performance",
    plant: [`UPDATE reservations SET performance_id = 999, ${keepTime} WHERE status = 'PENDING'`],
  },
  {
    breaks: "I1",
    what: "a hold that ends at two times",
    plant: ["UPDATE seats SET hold_expires_at = NOW(6) + INTERVAL 2 DAY WHERE status = 'HELD'"],
  },
  {
    breaks: "I2",
    what: "a sold seat of nobody",
    plant: ["UPDATE seats SET status = 'SOLD' WHERE status = 'AVAILABLE' LIMIT 1"],
  },
  {
    breaks: "I2",
    what: "a confirmed reservation whose seat is for sale",
    plant: ["UPDATE seats SET status = 'AVAILABLE', reservation_id = NULL WHERE status = 'SOLD'"],
  },
  {
    breaks: "I2",
    what: "a confirmed reservation without a payment",
    plant: [`DELETE FROM payments WHERE reservation_id = ${OF_CONFIRMED}`],
  },
  {
    breaks: "I2",
    what: "a payment for a reservation that was cancelled",
    plant: [`UPDATE reservations SET status = 'CANCELLED', ${keepTime} WHERE status = 'CONFIRMED'`],
  },
  {
    breaks: "I2",
    what: "a refund that the reservation does not know",
    plant: ["UPDATE payments SET status = 'REFUNDED', refunded_at = NOW(6), version = 2"],
  },
  {
    breaks: "I3",
    what: "a balance that the ledger does not explain",
    plant: [`UPDATE point_accounts SET balance = balance + 1, ${keepTime} LIMIT 1`],
  },
  {
    breaks: "I3",
    what: "a balance below zero, though the sum is right",
    plant: [
      "INSERT INTO point_accounts (user_id, balance, version) VALUES (77, -5, 1)",
      `INSERT INTO point_entries
         (user_id, kind, amount, balance_after, account_version, entry_key)
       VALUES (77, 'SPEND', 5, -5, 1, 'planted')`,
    ],
  },
  {
    breaks: "I3",
    what: "an entry that is missing from the middle",
    plant: ["DELETE FROM point_entries WHERE kind = 'SPEND' LIMIT 1"],
  },
  {
    breaks: "I3",
    what: "an entry that does not follow from the one before",
    plant: ["UPDATE point_entries SET balance_after = balance_after + 1 WHERE kind = 'SPEND'"],
  },
  {
    breaks: "I3",
    what: "an account that counts more entries than there are",
    plant: [`UPDATE point_accounts SET version = version + 1, ${keepTime}`],
  },
  {
    breaks: "I4",
    what: "a payment of another amount than was owed",
    plant: ["UPDATE payments SET amount = amount + 1 WHERE status = 'CAPTURED'"],
  },
  {
    breaks: "I4",
    what: "a reservation whose amount is not the sum of its seats",
    plant: [`UPDATE reservations SET amount = amount + 1, ${keepTime} WHERE status = 'PENDING'`],
  },
  {
    breaks: "I4",
    what: "a spend of another amount than was paid",
    plant: ["UPDATE point_entries SET amount = amount + 1 WHERE kind = 'SPEND'"],
  },
  {
    breaks: "I4",
    what: "a spend without a payment",
    plant: ["UPDATE point_entries SET reservation_id = 999 WHERE kind = 'SPEND' LIMIT 1"],
  },
  {
    breaks: "I4",
    what: "points given back without a refund",
    plant: ["UPDATE point_entries SET kind = 'REFUND' WHERE kind = 'SPEND' LIMIT 1"],
  },
  {
    breaks: "I4",
    what: "a confirmed price that was never charged",
    plant: [
      `UPDATE reservation_seats SET price = price + 1
             WHERE reservation_id = ${OF_CONFIRMED}`,
    ],
  },
];
