import {
  cacheCases,
  queueStoreCases,
  rateLimiterCases,
  seatLockCases,
} from "../../../src/testing.ts";
import { passingClock } from "../../support/passingClock.ts";
import { memoryAdapters } from "./memoryAdapters.ts";

const memory = memoryAdapters(passingClock);

queueStoreCases(memory);
seatLockCases(memory);
cacheCases(memory);
rateLimiterCases(memory);
