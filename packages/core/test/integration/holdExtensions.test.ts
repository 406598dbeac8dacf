import { EXTENSION_SETTINGS, holdExtensionCases } from "../support/holdExtensionCases.ts";
import { passDatabaseTime } from "../support/passDatabaseTime.ts";
import { useTestCore } from "../support/testCore.ts";

describe("extensions of a hold, on servers", () => {
  const current = useTestCore(EXTENSION_SETTINGS);
  holdExtensionCases(current, (ms) => passDatabaseTime(current().stack, ms));
});
