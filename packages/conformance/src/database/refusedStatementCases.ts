import { TransactionContendedError } from "@onsale/core";
import { expect } from "chai";
import { committed, failureOf } from "../transactionRace.ts";
import type { DatabaseUnderTest } from "./databaseUnderTest.ts";
import { charge, entryCount } from "./ledgerActs.ts";
import { message } from "./outboxActs.ts";
import { newUserId } from "./show.ts";

const BUCKET = 901;

/** Cases about the transaction around a statement that a unique key refuses. */
export function refusedStatementCases(db: DatabaseUnderTest): void {
  describe("a statement that a unique key refuses", () => {
    it("fails the work once, and rolls the transaction back", async () => {
      const { core } = db;
      const userId = newUserId();
      const taken = message({ bucket: BUCKET });
      await committed(core, ({ outbox }, tx) => outbox.append(tx, [taken]));
      let attempts = 0;
      const work = core.withTransaction(async (tx) => {
        attempts += 1;
        await charge(userId, 1)(core, tx);
        await core.outbox.append(tx, [taken]);
      });
      const failure = await failureOf(work);
      expect(failure).to.be.instanceOf(Error).and.not.instanceOf(TransactionContendedError);
      expect(attempts).to.equal(1);
      expect(await entryCount(core, userId)).to.equal(0);
    });

    it("writes none of its rows, and the work may catch its error and continue", async () => {
      const { core } = db;
      const userId = newUserId();
      const [before, beside, after] = [1, 2, 3].map(() => message({ bucket: BUCKET + 1 }));
      if (!before || !beside || !after) throw new Error("a message is missing");
      await core.withTransaction(async (tx) => {
        await core.outbox.append(tx, [before]);
        await charge(userId, 1)(core, tx);
        await failureOf(core.outbox.append(tx, [beside, before]));
        await core.outbox.append(tx, [after]);
      });
      const kept = await core.outbox.pending(null, BUCKET + 1, 10);
      expect(kept.map(({ messageId }) => messageId)).to.deep.equal([
        before.messageId,
        after.messageId,
      ]);
      expect(await entryCount(core, userId)).to.equal(1);
    });

    it("may use the key after a rollback of the transaction that had the key", async () => {
      const { core } = db;
      const appended = message({ bucket: BUCKET + 2 });
      const undone = core.withTransaction(async (tx) => {
        await core.outbox.append(tx, [appended]);
        throw new Error("the work fails");
      });
      await failureOf(undone);
      await committed(core, ({ outbox }, tx) => outbox.append(tx, [appended]));
      expect(await core.outbox.pending(null, BUCKET + 2, 10)).to.have.length(1);
    });
  });
}
