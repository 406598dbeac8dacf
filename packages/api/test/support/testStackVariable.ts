/** On which stack the suites of the API and of core stand: servers, unless it says "embedded". */
export const TEST_STACK_VARIABLE = "ONSALE_TEST_STACK";
