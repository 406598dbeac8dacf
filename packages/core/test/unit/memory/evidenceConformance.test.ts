import { evidenceCases } from "../../../src/testing/evidence/evidenceCases.ts";
import { fakeClock } from "../../support/fakeClock.ts";
import { memoryEvidenceBench } from "../../support/memoryEvidenceBench.ts";

const bench = memoryEvidenceBench(fakeClock());

evidenceCases("memory", () => bench);
