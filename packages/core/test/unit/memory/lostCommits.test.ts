import { expect } from "chai";
import { createMemoryServers, openMemoryCore } from "../../../src/compose/openMemory.ts";
import { OutcomeUnknownError } from "../../../src/shared/errors.ts";
import { breakableLink } from "../../support/breakableLink.ts";
import { testCoreConfig } from "../../support/coreConfig.ts";
import { failureOf } from "../../support/fixtures.ts";

const CHARGE = { userId: 1, kind: "CHARGE", amount: 100, entryKey: "one" } as const;

describe("a COMMIT that is on its way to the in-memory database", () => {
  it("commits even when the process dies before the COMMIT arrives", async () => {
    const servers = createMemoryServers();
    const link = breakableLink();
    const config = { core: testCoreConfig(), logLevel: "silent" } as const;
    const { core, sever } = openMemoryCore(config, servers, { link });
    const failure = await failureOf(
      core.withTransaction(async (tx) => {
        await core.ledger.post(tx, CHARGE);
        link.state = "call late";
      }),
    );
    expect(failure).to.be.instanceOf(OutcomeUnknownError);
    sever();
    await link.arrive();
    const survivor = openMemoryCore(config, servers);
    expect(await survivor.core.ledger.balanceOf(null, CHARGE.userId)).to.equal(CHARGE.amount);
  });
});
