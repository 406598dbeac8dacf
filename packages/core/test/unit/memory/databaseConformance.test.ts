import { databaseCases } from "@onsale/conformance/database/databaseCases";
import { idleClock } from "../../support/idleClock.ts";
import { memoryAdapters } from "./memoryAdapters.ts";

// What waits for a row waits no longer than it must.
databaseCases(memoryAdapters(idleClock));
