import { TEST_STACK_VARIABLE } from "./testStackVariable.ts";

/** `.mocharc.embedded.json` loads this file first, so that the tests use the embedded stack. */
process.env[TEST_STACK_VARIABLE] = "embedded";
