import { brokerCases } from "@onsale/conformance";
import { realAdapters } from "../support/realAdapters.ts";

brokerCases(realAdapters);
