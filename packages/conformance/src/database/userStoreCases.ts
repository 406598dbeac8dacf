import { MAPPED_USER_ID_MIN, systemIds, userOfSubject } from "@onsale/core";
import { expect } from "chai";
import { besideOpen, committed } from "../transactionRace.ts";
import type { DatabaseUnderTest } from "./databaseUnderTest.ts";

/** Cases about the users of subjects. */
export function userStoreCases(db: DatabaseUnderTest): void {
  describe("the users of subjects", () => {
    const issuer = "https://id.example";
    /** A subject that no other case has. */
    const newSubject = () => ({ issuer, subject: `auth0|${systemIds.uuid()}` });

    it("are found again in every process, and are not those of numeric subjects", async () => {
      const subject = newSubject();
      expect(await db.core.users.findSubject(null, subject)).to.equal(undefined);
      const userId = await userOfSubject(db.core, subject);
      expect(userId).to.be.at.least(MAPPED_USER_ID_MIN);
      expect(await userOfSubject(db.other, subject)).to.equal(userId);
      expect(await db.other.users.findSubject(null, subject)).to.equal(userId);
    });

    it("differ for subjects that differ in case, and for issuers", async () => {
      const { subject } = newSubject();
      const subjects = [
        { issuer, subject },
        { issuer, subject: subject.toUpperCase() },
        { issuer: "", subject },
        { issuer: `${issuer}/`, subject },
        { issuer: issuer.toUpperCase(), subject },
      ];
      const users = new Set<number>();
      for (const one of subjects) users.add(await userOfSubject(db.core, one));
      expect(users.size).to.equal(subjects.length);
    });

    it("hold the longest issuer and the longest subject", async () => {
      const longest = { issuer: "i".repeat(255), subject: systemIds.uuid().padEnd(255, "~") };
      const userId = await userOfSubject(db.core, longest);
      expect(await userOfSubject(db.other, longest)).to.equal(userId);
    });

    it("are one user when two processes record a new subject at the same time", async () => {
      const subject = newSubject();
      const users = await Promise.all(
        Array.from({ length: 20 }, (_unused, at) =>
          userOfSubject(at % 2 === 0 ? db.core : db.other, subject),
        ),
      );
      expect(new Set(users).size).to.equal(1);
    });

    it("keep the first of two records, also when the second began before its commit", async () => {
      const subject = newSubject();
      let second: Promise<number> | undefined;
      await besideOpen(db.core, async (first) => {
        await first.act(({ users }, tx) =>
          users.insertSubject(tx, subject, MAPPED_USER_ID_MIN * 1.5),
        );
        second = userOfSubject(db.other, subject);
        await first.end("commit");
      });
      expect(await second).to.equal(MAPPED_USER_ID_MIN * 1.5);
      await committed(db.core, ({ users }, tx) => users.insertSubject(tx, subject, 7));
      expect(await db.core.users.findSubject(null, subject)).to.equal(MAPPED_USER_ID_MIN * 1.5);
    });

    it("are forgotten with the transaction that recorded them", async () => {
      const subject = newSubject();
      await besideOpen(db.core, async (writer) => {
        const userId = await db.core.idAllocator.next("user");
        await writer.act(({ users }, tx) => users.insertSubject(tx, subject, userId));
        await writer.end("rollback");
      });
      expect(await db.core.users.findSubject(null, subject)).to.equal(undefined);
    });
  });
}
