import { invariantCases } from "@onsale/conformance/invariants/invariantCases";
import { fakeClock } from "../../support/fakeClock.ts";
import { memoryInvariantFixture } from "../../support/memoryInvariantFixture.ts";

const fixture = memoryInvariantFixture(fakeClock());

invariantCases("in memory", () => fixture);
