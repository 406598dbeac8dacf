import { expect } from "chai";
import { ConfigError, type OnsaleConfig, readConfig } from "../../src/config/readConfig.ts";

/** A secret of the shortest length. */
export const SECRET = "s".repeat(32);

/** The settings that a process on servers needs at least. */
export const GOOD_SETTINGS = {
  MYSQL_URL: "mysql://root:hidden-password@127.0.0.1:3306/onsale",
  REDIS_URL: "redis://127.0.0.1:6379",
  QUEUE_TOKEN_KEYS: `k1:${SECRET}`,
  AUTH_JWT_SECRET: SECRET,
};

/** The message of the ConfigError with which these settings are refused; "" for good ones. */
export function problemsOf(
  env: NodeJS.ProcessEnv,
  read: (env: NodeJS.ProcessEnv) => OnsaleConfig = readConfig,
): string {
  try {
    read(env);
  } catch (error) {
    expect(error).to.be.instanceOf(ConfigError);
    return error instanceof Error ? error.message : "";
  }
  return "";
}
