import { invariantCases } from "@onsale/conformance/invariants/invariantCases";
import { invariantReaderCases } from "@onsale/conformance/invariants/invariantReaderCases";
import { fakeClock } from "../../support/fakeClock.ts";
import { memoryInvariantFixture } from "../../support/memoryInvariantFixture.ts";

const fixture = memoryInvariantFixture(fakeClock());

invariantReaderCases("in memory", () => fixture);
invariantCases("in memory", () => fixture);
