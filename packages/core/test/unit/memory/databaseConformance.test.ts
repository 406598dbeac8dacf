import { databaseCases } from "../../../src/testing/database/databaseCases.ts";
import { databaseAdapters } from "./databaseAdapters.ts";

databaseCases(databaseAdapters);
