import { partialReleaseCases } from "../support/partialReleaseCases.ts";
import { useTestCore } from "../support/testCore.ts";

describe("seats that leave a reservation before its end, on servers", () => {
  partialReleaseCases(useTestCore());
});
