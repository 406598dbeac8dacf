import type { EvidenceBench } from "@onsale/conformance/evidence/evidenceBench";
import { evidenceCases } from "@onsale/conformance/evidence/evidenceCases";
import { sqlEvidenceBench } from "../support/sqlEvidenceBench.ts";
import { useTestCore } from "../support/testCore.ts";

describe("the evidence of real servers", () => {
  const current = useTestCore({}, { checkInvariants: false });
  let bench: EvidenceBench;

  before("drops what would refuse damage", async () => {
    bench = await sqlEvidenceBench(current());
  });

  evidenceCases("MySQL", () => bench);
});
