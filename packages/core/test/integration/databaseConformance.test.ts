import { databaseCases } from "../../src/testing.ts";
import { realAdapters } from "../support/realAdapters.ts";

databaseCases(realAdapters);
