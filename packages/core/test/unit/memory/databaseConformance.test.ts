import { databaseCases } from "@onsale/conformance/database/databaseCases";
import { idleClock } from "@onsale/conformance/memory/idleClock";
import { memoryAdapters } from "@onsale/conformance/memory/memoryAdapters";

// On this clock, a case that waits for a lock timeout takes no real time.
databaseCases(memoryAdapters(idleClock));
