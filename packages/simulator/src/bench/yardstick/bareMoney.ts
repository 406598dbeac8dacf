import type { Connection, ResultSetHeader, RowDataPacket } from "mysql2/promise";
import { SEAT_PRICE } from "../benchStage.ts";
import type { BarePool, BareTransaction } from "./barePool.ts";
import { type BareMessage, INSERT_ROWS_MAX, insertMessages } from "./bareRows.ts";

const ADD = /* sql */ `
  UPDATE point_accounts SET balance = balance + ?, version = version + 1 WHERE user_id = ?`;
const SUBTRACT = /* sql */ `
  UPDATE point_accounts SET balance = balance - ?, version = version + 1
  WHERE user_id = ? AND balance >= ?`;
const ACCOUNT = "SELECT balance, version FROM point_accounts WHERE user_id = ?";
const INSERT_ENTRY = /* sql */ `
  INSERT INTO point_entries
    (user_id, kind, amount, balance_after, account_version, entry_key, reservation_id)
  VALUES (?, ?, ?, ?, ?, ?, ?)`;
const CONFIRM = /* sql */ `
  UPDATE reservations SET status = 'CONFIRMED', version = version + 1
  WHERE id = ? AND status = 'PENDING' AND expires_at > NOW(6)`;
const SELL = /* sql */ `
  UPDATE seats SET status = 'SOLD', hold_expires_at = NULL
  WHERE id = ? AND reservation_id = ? AND status = 'HELD'`;
const INSERT_PAYMENT = /* sql */ `
  INSERT INTO payments (id, reservation_id, user_id, amount, status)
  VALUES (?, ?, ?, ?, 'CAPTURED')`;
const OPEN_ACCOUNTS = "INSERT INTO point_accounts (user_id, balance, version) VALUES ?";

/** Enough points for every payment of a benchmark. */
const BALANCE = 1_000_000;

/** Opens an account with points for each user. The users have none. */
export function openBareAccounts(pool: BarePool, userIds: readonly number[]): Promise<void> {
  return pool.prepare(async (connection) => {
    for (let from = 0; from < userIds.length; from += INSERT_ROWS_MAX) {
      const some = userIds.slice(from, from + INSERT_ROWS_MAX);
      await connection.query(OPEN_ACCOUNTS, [some.map((userId) => [userId, BALANCE, 0])]);
    }
  });
}

export interface BareChargeOptions {
  readonly userOf: (index: number) => number;
  readonly amount: number;
  readonly newMessageId: () => string;
}

/** One charge: the balance, the ledger entry and the outbox message. */
export function bareCharge({ userOf, amount, newMessageId }: BareChargeOptions): BareTransaction {
  return async (connection, index) => {
    const userId = userOf(index);
    await connection.execute(ADD, [amount, userId]);
    const entry = { userId, kind: "CHARGE", amount, reservationId: null } as const;
    await insertMessages(connection, [await writeEntry(connection, entry, newMessageId)]);
    return "accepted";
  };
}

export interface BarePaymentOptions {
  /** The id of reservation 0, and of its buyer and payment. */
  readonly firstId: number;
  /** The seat of reservation `firstId + index`. */
  readonly seatOf: (index: number) => number;
  readonly newMessageId: () => string;
}

/**
 * One payment of a hold with one seat: reservation, balance, ledger entry, seat, payment and the
 * three outbox messages.
 */
export function barePayment({
  firstId,
  seatOf,
  newMessageId,
}: BarePaymentOptions): BareTransaction {
  return async (connection, index) => {
    const id = firstId + index;
    const amount = SEAT_PRICE;
    const [confirmed] = await connection.execute<ResultSetHeader>(CONFIRM, [id]);
    if (confirmed.affectedRows !== 1) return { refused: "HOLD_EXPIRED" };
    const [spent] = await connection.execute<ResultSetHeader>(SUBTRACT, [amount, id, amount]);
    if (spent.affectedRows !== 1) return { refused: "INSUFFICIENT_POINTS" };
    const entry = { userId: id, kind: "SPEND", amount, reservationId: id } as const;
    const ofAccount = await writeEntry(connection, entry, newMessageId);
    await connection.execute(SELL, [seatOf(index), id]);
    await connection.execute(INSERT_PAYMENT, [id, id, id, amount]);
    const payload = { paymentId: id, reservationId: id, userId: id, amount };
    const messageOf = (aggregate: string, version: number, type: string): BareMessage => ({
      ...{ messageId: newMessageId(), aggregate, id, version, type, payload },
    });
    await insertMessages(connection, [
      messageOf("reservation", 2, "reservation.confirmed"),
      ofAccount,
      messageOf("payment", 1, "payment.captured"),
    ]);
    return "accepted";
  };
}

interface Entry {
  readonly userId: number;
  readonly kind: "CHARGE" | "SPEND";
  readonly amount: number;
  readonly reservationId: number | null;
}

/** Writes the ledger entry of a changed balance. @returns the message about it */
async function writeEntry(
  connection: Connection,
  entry: Entry,
  newMessageId: () => string,
): Promise<BareMessage> {
  const { userId, kind, amount, reservationId } = entry;
  type Account = RowDataPacket & { balance: number; version: number };
  const [[account]] = await connection.execute<Account[]>(ACCOUNT, [userId]);
  if (account === undefined) throw new Error(`The user ${userId} has no account`);
  const { balance, version } = account;
  const messageId = newMessageId();
  const values = [userId, kind, amount, balance, version, `bare:${messageId}`, reservationId];
  await connection.execute(INSERT_ENTRY, values);
  const type = kind === "CHARGE" ? "point-account.charged" : "point-account.spent";
  const payload = { userId, amount, balanceAfter: balance };
  return { messageId, aggregate: "point-account", id: userId, version, type, payload };
}
