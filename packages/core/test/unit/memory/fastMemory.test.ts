import {
  cacheCases,
  queueStoreCases,
  rateLimiterCases,
  seatLockCases,
} from "../../../src/testing.ts";
import { fastMemoryAdapters } from "./fastMemoryAdapters.ts";

queueStoreCases(fastMemoryAdapters);
seatLockCases(fastMemoryAdapters);
cacheCases(fastMemoryAdapters);
rateLimiterCases(fastMemoryAdapters);
