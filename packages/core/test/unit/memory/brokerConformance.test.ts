import { brokerCases } from "@onsale/conformance";
import { memoryAdapters } from "@onsale/conformance/memory/memoryAdapters";
import { passingClock } from "@onsale/conformance/memory/passingClock";

brokerCases(memoryAdapters(passingClock));
