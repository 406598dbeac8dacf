import {
  apiLoadCases,
  cacheCases,
  queueStoreCases,
  rateLimiterCases,
  seatLockCases,
} from "@onsale/conformance";
import { realAdapters } from "../support/realAdapters.ts";

queueStoreCases(realAdapters);
seatLockCases(realAdapters);
cacheCases(realAdapters);
rateLimiterCases(realAdapters);
apiLoadCases(realAdapters);
