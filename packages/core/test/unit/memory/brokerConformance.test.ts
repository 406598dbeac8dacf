import { brokerCases } from "../../../src/testing.ts";
import { passingClock } from "../../support/passingClock.ts";
import { memoryAdapters } from "./memoryAdapters.ts";

brokerCases(memoryAdapters(passingClock));
