import { invariantCases } from "@onsale/conformance/invariants/invariantCases";
import type { InvariantFixture } from "@onsale/conformance/invariants/invariantFixture";
import { invariantReaderCases } from "@onsale/conformance/invariants/invariantReaderCases";
import { sqlInvariantFixture } from "../support/sqlInvariantFixture.ts";
import { useTestCore } from "../support/testCore.ts";

describe("the checkers of the invariants on real servers", () => {
  const current = useTestCore({}, { checkInvariants: false });
  let fixture: InvariantFixture;

  before("drops the constraints that would refuse a corruption", async () => {
    fixture = await sqlInvariantFixture(current());
  });

  invariantReaderCases("MySQL", () => fixture);
  invariantCases("MySQL", () => fixture);
});
