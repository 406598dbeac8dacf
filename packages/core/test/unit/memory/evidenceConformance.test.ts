import { evidenceCases } from "@onsale/conformance/evidence/evidenceCases";
import { fakeClock } from "../../support/fakeClock.ts";
import { memoryEvidenceBench } from "../../support/memoryEvidenceBench.ts";

const bench = memoryEvidenceBench(fakeClock());

evidenceCases("memory", () => bench);
