import type { CoreContext } from "@onsale/core";
import { type CaughtFault, otherPorts, together, withoutDefence } from "./plantedFault.ts";

type LedgerStore = CoreContext["ledger"];

const LEDGER = "packages/core/src/adapters/mysql/ledgerStore.ts";
const GUARD = { path: LEDGER, text: "WHERE user_id = :userId AND balance >= :amount" };
const KEYS = {
  path: "packages/core/src/idempotency/onceOnly.ts",
  text: "const start = await core.idempotency.start(tx, record, fingerprint);",
};

/** Spends whatever the balance is. */
const spendsBlindly = () =>
  otherPorts(({ core, db }) => {
    const { pointAccounts, pointEntries } = db.tables;
    const post: LedgerStore["post"] = async (tx, entry) => {
      const { userId, kind, amount, entryKey, reservationId = null } = entry;
      if (kind !== "SPEND") return core.ledger.post(tx, entry);
      await db.run(tx, "ledger.post:open", (s) => {
        const account = { userId, balance: 0, version: 0, updatedAtUs: s.nowUs };
        return s.insert(pointAccounts, account, "ignore");
      });
      return db.run(tx, "ledger.post:update", async (s) => {
        const [before] = await s.lock(pointAccounts.of([userId]), () => true);
        if (!before) return undefined;
        const balanceAfter = before.balance - amount;
        const accountVersion = before.version + 1;
        const account = { userId, balance: balanceAfter, version: accountVersion };
        await s.update(
          pointAccounts,
          pointAccounts.of([userId]),
          () => true,
          () => ({ ...account, updatedAtUs: s.nowUs }),
        );
        await s.insert(pointEntries, {
          id: pointEntries.nextId(),
          userId,
          kind,
          amount,
          balanceAfter,
          accountVersion,
          entryKey,
          reservationId,
          createdAtUs: s.nowUs,
        });
        return { balanceAfter, accountVersion };
      });
    };
    return { ledger: { ...core.ledger, post } };
  });

/** Reads the balance in one statement and writes what it makes of it in the next. */
const writesWhatItRead = () =>
  otherPorts(({ core, db }) => {
    const { pointAccounts, pointEntries } = db.tables;
    const post: LedgerStore["post"] = async (tx, entry) => {
      const { userId, kind, amount, entryKey, reservationId = null } = entry;
      const before = await core.ledger.balanceOf(tx, userId);
      const balanceAfter = before + (kind === "SPEND" ? -amount : amount);
      if (balanceAfter < 0) return undefined;
      return db.run(tx, "ledger.post:write", async (s) => {
        const opened = { userId, balance: 0, version: 0, updatedAtUs: s.nowUs };
        await s.insert(pointAccounts, opened, "ignore");
        await s.update(
          pointAccounts,
          pointAccounts.of([userId]),
          () => true,
          (row) => ({ ...row, balance: balanceAfter, version: row.version + 1 }),
        );
        const accountVersion = s.find(pointAccounts, userId)?.version ?? 0;
        const id = pointEntries.nextId();
        const posted = { id, userId, kind, amount, balanceAfter, accountVersion };
        await s.insert(pointEntries, {
          ...posted,
          entryKey,
          reservationId,
          createdAtUs: s.nowUs,
        });
        return { balanceAfter, accountVersion };
      });
    };
    return { ledger: { ...core.ledger, post } };
  });

/** Takes every request for a new one. */
const forgetsKeys = () =>
  otherPorts(({ core }) => ({
    idempotency: { ...core.idempotency, start: async () => ({ state: "started" }) },
  }));

/** Faults in what is booked. */
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
    plants: "the balance is read in one statement, and what comes of it is written in the next",
    place: { path: LEDGER, text: "UPDATE point_accounts SET balance = balance + :amount" },
    caughtBy: ["I3", "loops"],
    seedsMax: 10,
    plant: writesWhatItRead,
  },
  {
    name: "refund of the half",
    plants: "a refund gives half of the price back",
    place: {
      path: "packages/core/src/payment/refundPayment.ts",
      text: "const posted = await core.ledger.post(tx, {",
    },
    caughtBy: ["I4", "loops"],
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
    name: "keys that know their request no more",
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
          start: (tx, key, fingerprint) =>
            core.idempotency.start(tx, key, `${fingerprint.slice(0, 40)} ${core.random.next()}`),
        },
      })),
  },
];
