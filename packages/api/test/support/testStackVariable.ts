/** Names the stack of the tests of API and core: servers, unless its value is "embedded". */
export const TEST_STACK_VARIABLE = "ONSALE_TEST_STACK";
