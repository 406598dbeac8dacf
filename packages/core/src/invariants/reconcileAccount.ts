import type { CoreContext } from "../ports/coreContext.ts";
import type {
  CheckedPaymentRow,
  CheckedReservationRow,
  EntryRow,
} from "../ports/invariantReader.ts";
import type { Violation } from "../ports/invariantReport.ts";
import type { LedgerEntry, PointAccount } from "../ports/ledgerStore.ts";
import type { Payment } from "../ports/paymentStore.ts";
import type { Reservation } from "../ports/reservationStore.ts";
import { ADJUST_OPERATION, signOf } from "../shared/entryKinds.ts";
import { AccountBusyError } from "../shared/errors.ts";
import type { Points } from "../shared/points.ts";
import { checkBalanceIsLedger } from "./balanceIsLedger.ts";
import { checkPaymentsMatchLedger } from "./paymentsMatchLedger.ts";

/** Rows of one statement. */
const PAGE_SIZE = 500;
/**
 * Maximum number of attempts. A buyer does not change the account during all of so many attempts.
 */
const READINGS_MAX = 20;
/** Time before the next attempt, ms: longer than a transaction. */
const PAUSE_MS = 50;

/** One user's points, compared with the ledger, the payments and the reservations. */
export interface ReconciledAccount {
  readonly userId: number;
  readonly balance: Points;
  /** Sum of the entries; the same as the balance unless the account is damaged. */
  readonly entriesSum: Points;
  readonly entryCount: number;
  readonly paymentCount: number;
  readonly differences: readonly (Violation & { readonly invariant: "I3" | "I4" })[];
}

/** All rows of one user. */
interface UserRows {
  readonly account: PointAccount | undefined;
  readonly entries: readonly LedgerEntry[];
  readonly payments: readonly Payment[];
  readonly reservations: readonly Reservation[];
}

/**
 * Checks I3 and I4 for one user by the rules of the checkers. Reads only the rows of this user, and
 * never writes.
 * @throws AccountBusyError when the account changed during each attempt to read it
 */
export async function reconcileAccount(
  core: CoreContext,
  userId: number,
): Promise<ReconciledAccount> {
  const { account, entries, payments, reservations } = await readUser(core, userId);
  const rows = await Promise.all(entries.map((entry) => entryRow(core, entry)));
  const paid = payments.map(paymentRow);
  const ledger = checkBalanceIsLedger();
  const sales = checkPaymentsMatchLedger();
  const facts = {
    ...{ userId, entries: rows, payments: paid, reservations: [], answers: [] },
    account: account && { userId, ...account },
    ...{ messages: [], publications: [] },
  };
  ledger.takeAccount?.(facts);
  sales.takeAccount?.(facts);
  const known = new Set(reservations.map(({ id }) => id));
  for (const payment of paid) {
    const { id: paymentId, reservationId } = payment;
    sales.takePayment?.({ paymentId, payment, messages: [], publications: [] });
    if (known.has(reservationId)) continue;
    const nothing = { reservation: undefined, seats: [], messages: [], publications: [] };
    sales.takeReservation?.({ reservationId, payment, ...nothing });
  }
  for (const reservation of reservations) {
    const { id: reservationId, seats } = reservation;
    sales.takeReservation?.({
      ...{ reservationId, reservation: reservationRow(reservation) },
      seats: seats.map(({ seatId, price }) => ({
        ...{ reservationId, seatId, price },
        releasedVersion: null,
      })),
      payment: paid.find((payment) => payment.reservationId === reservationId),
      ...{ messages: [], publications: [] },
    });
  }
  return {
    ...{ userId, balance: account?.balance ?? 0 },
    entriesSum: entries.reduce((sum, { kind, amount }) => sum + signOf(kind) * amount, 0),
    ...{ entryCount: entries.length, paymentCount: payments.length },
    differences: [
      ...ledger.result().violations.map((one) => ({ invariant: "I3" as const, ...one })),
      ...sales.result().violations.map((one) => ({ invariant: "I4" as const, ...one })),
    ],
  };
}

/**
 * Reads the rows of a user at one moment. Every change of an amount posts an entry, which raises
 * the version of the account: when the version is the same before and after, no amount changed
 * between.
 */
async function readUser(core: CoreContext, userId: number): Promise<UserRows> {
  for (let reading = 1; ; reading += 1) {
    const account = await core.ledger.findAccount(null, userId);
    const newestFirst = await allPages((page) => core.ledger.entriesOf(null, userId, page));
    const entries = newestFirst.toSorted((a, b) => a.accountVersion - b.accountVersion);
    const payments = await allPages((page) => core.payments.ofUser(null, userId, page));
    const own = await allPages((page) => core.reservations.ofUser(null, userId, page));
    const known = new Set(own.map(({ id }) => id));
    const others = payments.filter(({ reservationId }) => !known.has(reservationId));
    const found = others.map(({ reservationId }) => core.reservations.find(null, reservationId));
    const reservations = [...own, ...(await Promise.all(found)).flatMap((one) => one ?? [])];
    const after = await core.ledger.findAccount(null, userId);
    if (after?.version === account?.version) return { account, entries, payments, reservations };
    if (reading === READINGS_MAX) throw new AccountBusyError(userId);
    await core.clock.sleep(PAUSE_MS);
  }
}

async function allPages<Row extends { readonly id: number }>(
  read: (page: { beforeId?: number | undefined; limit: number }) => Promise<readonly Row[]>,
): Promise<Row[]> {
  const rows: Row[] = [];
  for (;;) {
    const page = await read({ beforeId: rows.at(-1)?.id, limit: PAGE_SIZE });
    rows.push(...page);
    if (page.length < PAGE_SIZE) return rows;
  }
}

async function entryRow(core: CoreContext, entry: LedgerEntry): Promise<EntryRow> {
  const { reservationId, adjustAudit, createdAt, entryKey: _key, ...row } = entry;
  const audit =
    adjustAudit === undefined ? undefined : await core.operations.findAudit(null, adjustAudit);
  return {
    ...{ ...row, reservationId: reservationId ?? null, createdAtUs: us(createdAt) },
    adjustAudit: audit?.operation === ADJUST_OPERATION ? audit.id : null,
  };
}

function paymentRow({ capturedAt, refundedAt, ...row }: Payment): CheckedPaymentRow {
  const refundedAtUs = refundedAt === undefined ? null : us(refundedAt);
  return { ...row, capturedAtUs: us(capturedAt), refundedAtUs };
}

/**
 * Uses the time of creation as the time of the last change, which is unknown here. The rules of I4
 * do not read either of them.
 */
function reservationRow(reservation: Reservation): CheckedReservationRow {
  const { id, userId, performanceId, status, amount, version, createdAt, expiresAt } = reservation;
  const createdAtUs = us(createdAt);
  return {
    ...{ id, userId, performanceId, status, amount, version },
    ...{ createdAtUs, updatedAtUs: createdAtUs, expiresAtUs: us(expiresAt) },
  };
}

const us = (date: Date): number => date.getTime() * 1_000;
