import { brokerCases } from "../../src/testing.ts";
import { realAdapters } from "../support/realAdapters.ts";

brokerCases(realAdapters);
