import { type Database, query, sql } from "@onsale/core/testing";
import { lateRefusals } from "./circumstances.ts";
import { databaseWith, editedSql, without } from "./editedSql.ts";
import { type CaughtFault, otherPorts, together, withoutDefence } from "./plantedFault.ts";

const LEDGER = "packages/core/src/adapters/sql/ledgerStatements.ts";
const GUARD = { path: LEDGER, text: "WHERE user_id = :userId AND balance >= :amount" };
const KEYS = {
  path: "packages/core/src/idempotency/onceOnly.ts",
  text: "const start = await core.idempotency.start(tx, record, fingerprint);",
};

/** Spends points without a check of the balance, neither before the payment nor in its UPDATE. */
const spendsBlindly = () =>
  together(
    editedSql({ "ledger.post:subtract": without(" AND balance >= :amount") }),
    lateRefusals.mutant,
  );

const SET_BALANCE = sql(
  "ledger.setBalance",
  `UPDATE point_accounts SET balance = :balance, version = version + 1 WHERE user_id = :userId`,
);
const OPEN_ACCOUNT = sql(
  "ledger.openAccount",
  `INSERT IGNORE INTO point_accounts (user_id, balance, version) VALUES (:userId, 0, 0)`,
);
const VERSION = query(
  sql("ledger.version", `SELECT version FROM point_accounts WHERE user_id = :userId`),
  (row) => row.integer("version"),
);
const INSERT_ENTRY = sql(
  "ledger.insertEntry",
  `INSERT INTO point_entries
          (user_id, kind, amount, balance_after, account_version, entry_key, reservation_id)
   VALUES (:userId, :kind, :amount, :balance, :version, :entryKey, :reservationId)`,
);

/** Reads the balance in one statement, and writes the new balance in the next. */
const writesWhatItRead = () =>
  otherPorts((parts) => {
    const { ledger } = parts.core;
    const statements = [SET_BALANCE, OPEN_ACCOUNT, VERSION, INSERT_ENTRY];
    const database: Database = databaseWith(parts, statements);
    return {
      ledger: {
        ...ledger,
        async post(tx, { userId, kind, amount, entryKey, reservationId = null }) {
          const before = await ledger.balanceOf(tx, userId);
          const balance = before + (kind === "SPEND" ? -amount : amount);
          if (balance < 0) return undefined;
          await database.change(tx, OPEN_ACCOUNT, { userId });
          await database.change(tx, SET_BALANCE, { userId, balance });
          const [version = 0] = await database.select(tx, VERSION, { userId });
          const entry = { userId, kind, amount, balance, version, entryKey, reservationId };
          await database.change(tx, INSERT_ENTRY, entry);
          return { balanceAfter: balance, accountVersion: version };
        },
      },
    };
  });

/** Treats every request as a new request. */
const forgetsKeys = () =>
  otherPorts(({ core }) => ({
    idempotency: { ...core.idempotency, start: async () => ({ state: "started" }) },
  }));

/** Faults of ledger entries. */
export const ledgerMutants: readonly CaughtFault[] = [
  {
    name: "spend without the guard",
    plants: "points are spent whatever the balance; the column's CHECK is still there",
    place: GUARD,
    caughtBy: ["answers", "service"],
    seedsMax: 10,
    plant: spendsBlindly,
  },
  {
    name: "spend without guard or CHECK",
    plants: "points are spent whatever the balance, and the column takes any number",
    place: GUARD,
    caughtBy: ["I3", "loops", "service"],
    seedsMax: 10,
    plant: () =>
      together(
        withoutDefence(({ pointAccounts }) => pointAccounts.dropDefence("point_accounts_balance")),
        spendsBlindly(),
      ),
  },
  {
    name: "balance read, then written",
    plants: "the balance is read in one statement, and the new balance is written in the next",
    place: { path: LEDGER, text: "UPDATE point_accounts SET balance = balance + :amount" },
    caughtBy: ["I3", "loops"],
    seedsMax: 40,
    plant: writesWhatItRead,
  },
  {
    name: "refund of the half",
    plants: "a refund returns half of the price",
    place: {
      path: "packages/core/src/payment/refundPayment.ts",
      text: "const posted = await core.ledger.post(tx, {",
    },
    caughtBy: ["I4", "I5", "loops"],
    seedsMax: 15,
    plant: () =>
      otherPorts(({ core: { ledger } }) => ({
        ledger: {
          ...ledger,
          post: (tx, entry) =>
            ledger.post(tx, {
              ...entry,
              amount: entry.kind === "REFUND" ? Math.ceil(entry.amount / 2) : entry.amount,
            }),
        },
      })),
  },
  {
    name: "keys forgotten",
    plants: "no idempotency key is ever recorded: each repetition is a new request",
    place: KEYS,
    caughtBy: ["charges", "keys"],
    seedsMax: 10,
    plant: forgetsKeys,
  },
  {
    name: "keys without their request",
    plants: "a repetition counts as another request under a used key",
    place: {
      path: "packages/core/src/idempotency/onceOnly.ts",
      text: "const fingerprint = fingerprintOf(request.body);",
    },
    caughtBy: ["keys", "service"],
    seedsMax: 10,
    plant: () =>
      otherPorts(({ core }) => ({
        idempotency: {
          ...core.idempotency,
          start(tx, key, fingerprint) {
            const other = `${fingerprint.slice(0, 40)} ${core.random.next().toFixed(15)}`;
            return core.idempotency.start(tx, key, other);
          },
        },
      })),
  },
];
