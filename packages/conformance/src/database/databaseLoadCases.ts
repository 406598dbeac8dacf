import { expect } from "chai";
import type { DatabaseUnderTest } from "./databaseUnderTest.ts";

/** Counters of the server, which a diagnosis compares with its bounds. */
export function databaseLoadCases(db: DatabaseUnderTest): void {
  describe("the load of the database", () => {
    it("has counters within their limits, and a quiet server that takes writes", async () => {
      const load = await db.core.databaseLoad.read();
      const { connections, connectionsMax, running, lockWaits, deadlocks = 0, isReadOnly } = load;
      expect(connections).to.be.within(1, connectionsMax);
      for (const count of [running, lockWaits, deadlocks]) expect(count).to.be.within(0, 1_000_000);
      expect(running).to.be.below(connectionsMax);
      expect(isReadOnly).to.equal(false);
    });
  });
}
