import {
  apiLoadCases,
  cacheCases,
  queueStoreCases,
  rateLimiterCases,
  seatLockCases,
} from "@onsale/conformance";
import { memoryAdapters } from "@onsale/conformance/memory/memoryAdapters";
import { passingClock } from "@onsale/conformance/memory/passingClock";

const memory = memoryAdapters(passingClock);

queueStoreCases(memory);
seatLockCases(memory);
cacheCases(memory);
rateLimiterCases(memory);
apiLoadCases(memory);
