import type { EvidenceBench } from "../../src/testing/evidence/evidenceBench.ts";
import { evidenceCases } from "../../src/testing/evidence/evidenceCases.ts";
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
