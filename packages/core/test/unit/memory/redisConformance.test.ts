import { cacheCases, queueStoreCases, rateLimiterCases, seatLockCases } from "@onsale/conformance";
import { passingClock } from "../../support/passingClock.ts";
import { memoryAdapters } from "./memoryAdapters.ts";

const memory = memoryAdapters(passingClock);

queueStoreCases(memory);
seatLockCases(memory);
cacheCases(memory);
rateLimiterCases(memory);
