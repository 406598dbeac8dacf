import { type OnsaleConfig, readConfig } from "@onsale/core";

export const TEST_SECRET = "only-for-tests-0123456789-0123456789";

/** A configuration for tests that connect to nothing. */
export function testConfig(overrides: Record<string, string> = {}): OnsaleConfig {
  return readConfig({
    MYSQL_URL: "mysql://unused@127.0.0.1:1/none",
    REDIS_URL: "redis://127.0.0.1:1/0",
    QUEUE_TOKEN_KEYS: `test:${TEST_SECRET}`,
    AUTH_JWT_SECRET: TEST_SECRET,
    LOG_LEVEL: "silent",
    ...overrides,
  });
}
