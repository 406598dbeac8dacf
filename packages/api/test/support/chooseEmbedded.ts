import { TEST_STACK_VARIABLE } from "./testStackVariable.ts";

/** Loaded before the suites by `.mocharc.embedded.json`: they stand on no server then. */
process.env[TEST_STACK_VARIABLE] = "embedded";
