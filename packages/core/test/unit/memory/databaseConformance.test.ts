import { databaseCases } from "@onsale/conformance/database/databaseCases";
import { idleClock } from "../../support/idleClock.ts";
import { memoryAdapters } from "./memoryAdapters.ts";

// On this clock, a case that waits for a lock timeout takes no real time.
databaseCases(memoryAdapters(idleClock));
