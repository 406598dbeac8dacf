import { type CoreConfig, readConfig } from "../../src/config/readConfig.ts";

/** The settings of a core, with defaults; for tests without servers. */
export function testCoreConfig(overrides: Readonly<Record<string, string>> = {}): CoreConfig {
  const secret = "only-for-tests-0123456789-0123456789";
  return readConfig({
    MYSQL_URL: "mysql://user@127.0.0.1:1/none",
    REDIS_URL: "redis://127.0.0.1:1",
    QUEUE_TOKEN_KEYS: `test:${secret}`,
    AUTH_JWT_SECRET: secret,
    ...overrides,
  }).core;
}
