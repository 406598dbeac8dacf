import { cancelSeatsCases } from "../support/cancelSeatsCases.ts";
import { partialReleaseCases } from "../support/partialReleaseCases.ts";
import { useTestCore } from "../support/testCore.ts";

describe("seats that leave a reservation before its end, on servers", () => {
  const current = useTestCore();
  partialReleaseCases(current);
  describe("cancelSeats", () => cancelSeatsCases(current));
});
