import { cacheCases, queueStoreCases, rateLimiterCases, seatLockCases } from "../../src/testing.ts";
import { realAdapters } from "../support/realAdapters.ts";

queueStoreCases(realAdapters);
seatLockCases(realAdapters);
cacheCases(realAdapters);
rateLimiterCases(realAdapters);
