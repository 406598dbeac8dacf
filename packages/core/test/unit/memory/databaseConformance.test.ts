import { databaseCases } from "../../../src/testing/database/databaseCases.ts";
import { idleClock } from "../../support/idleClock.ts";
import { memoryAdapters } from "./memoryAdapters.ts";

// What waits for a row waits no longer than it must.
databaseCases(memoryAdapters(idleClock));
