import { expect } from "chai";
import { misspelledVariables } from "../../../src/config/otherVariables.ts";
import { ConfigError, readConfig } from "../../../src/config/readConfig.ts";

const EMBEDDED = { STACK: "embedded" };

describe("a former name of a setting", () => {
  it("prevents the start with an error that has the present name, with every stack", () => {
    for (const STACK of ["embedded", "servers"]) {
      const read = () => readConfig({ STACK, QUEUE_CLAIM_MS: "5000" });
      expect(read).to.throw(
        ConfigError,
        "QUEUE_CLAIM_MS: the setting is called QUEUE_ACTIVATION_MS",
      );
    }
  });

  it("is ignored when the present name is set too, or when it is blank", () => {
    const both = { ...EMBEDDED, QUEUE_CLAIM_MS: "5000", QUEUE_ACTIVATION_MS: "6000" };
    expect(readConfig(both).core.queue.activationMs).to.equal(6000);
    expect(readConfig({ ...EMBEDDED, QUEUE_CLAIM_MS: " " }).core.queue.activationMs).to.equal(
      90_000,
    );
    expect(misspelledVariables(both)).to.deep.equal([]);
  });
});

describe("misspelledVariables", () => {
  const MISSPELLED: Record<string, string> = {
    REDIS_URI: "REDIS_URL",
    KAFKA_BROKER: "KAFKA_BROKERS",
    HOLD_TTL_MSEC: "",
    SEATS_PER_RESERVATIONS_MAX: "SEATS_PER_RESERVATION_MAX",
    RATE_LIMIT_USER_PER_SEC: "",
    QUEUE_TOKENS_KEY: "QUEUE_TOKEN_KEYS",
    OUTBOX_ATTEMPT_MAX: "OUTBOX_ATTEMPTS_MAX",
    redis_url: "REDIS_URL",
    port: "PORT",
    MYSQL_SSL_MODE: "MYSQL_TLS",
    KAFKA_SECURITY_PROTOCOL: "KAFKA_TLS",
    REDIS_URL_FILE: "REDIS_URL",
  };
  for (const [name, setting] of Object.entries(MISSPELLED)) {
    it(`suggests ${setting === "" ? "nothing" : setting} for ${name}`, () => {
      const found = setting === "" ? [] : [{ name, setting }];
      expect(misspelledVariables({ ...EMBEDDED, [name]: "x" })).to.deep.equal(found);
    });
  }

  it("suggests nothing for other programs' variables, or if the correct one is set", () => {
    const foreign = ["PATH", "HOME", "HOSTNAME", "HOSTS", "SHELL", "LANG", "NODE_ENV", "TERM"];
    const platform = ["REDIS_PORT", "REDIS_SERVICE_HOST", "MYSQL_HOST", "KAFKA_HOME", "POST"];
    const env = Object.fromEntries([...foreign, ...platform].map((name) => [name, "x"]));
    expect(misspelledVariables(env)).to.deep.equal([]);
    expect(misspelledVariables({ REDIS_URL: "x", REDIS_URI: "y" })).to.deep.equal([]);
  });
});
