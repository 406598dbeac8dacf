import { databaseCases } from "@onsale/conformance";
import { realAdapters } from "../support/realAdapters.ts";

databaseCases(realAdapters);
