import { brokerCases } from "@onsale/conformance";
import { passingClock } from "../../support/passingClock.ts";
import { memoryAdapters } from "./memoryAdapters.ts";

brokerCases(memoryAdapters(passingClock));
