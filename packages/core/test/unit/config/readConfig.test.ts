import { expect } from "chai";
import { readConfig, readServersConfig } from "../../../src/config/readConfig.ts";
import { GOOD_SETTINGS, problemsOf, SECRET } from "../../support/goodSettings.ts";

describe("the configuration", () => {
  it("needs only the servers' addresses and two secrets", () => {
    const config = readServersConfig(GOOD_SETTINGS);
    expect(config.mysql).to.include({ url: GOOD_SETTINGS.MYSQL_URL, poolMax: 16 });
    expect(config.redis.keyPrefix).to.equal("onsale:");
    expect(config.kafka.brokers).to.deep.equal([]);
    expect(config.core.hold).to.deep.equal({
      ttlMs: 300_000,
      extensionMaxMs: 300_000,
      sweepMs: 1_000,
      seatsMax: 4,
      buyerSeatsMax: 8,
    });
    expect(config.core.seatLock.strategy).to.equal("conditional");
    expect(config.core.queueTokenKeys).to.deep.equal([{ kid: "k1", secret: SECRET }]);
    expect(config.auth.mode).to.equal("jwt");
  });

  it("takes a password from its own variable when the URL has none", () => {
    const password = "p@ss: 100%/";
    const apart = { MYSQL_PASSWORD: password, REDIS_PASSWORD: password };
    const urls = { MYSQL_URL: "mysql://ops@db:3307/onsale", REDIS_URL: "rediss://cache:6380/2" };
    const { mysql, redis } = readServersConfig({ ...GOOD_SETTINGS, ...urls, ...apart });
    for (const { url } of [mysql, redis]) {
      expect(decodeURIComponent(new URL(url).password)).to.equal(password);
    }
    expect(new URL(mysql.url).host).to.equal("db:3307");
    expect(mysql).not.to.have.property("password");
    expect(redis.url).to.match(/^rediss:\/\/:.*@cache:6380\/2$/);
    expect(readServersConfig({ ...GOOD_SETTINGS, ...apart }).mysql.url).to.equal(
      GOOD_SETTINGS.MYSQL_URL,
    );
    expect(readServersConfig({ ...GOOD_SETTINGS, ...urls }).mysql.url).to.equal(urls.MYSQL_URL);
  });

  it("ignores blanks around a value, and around each part of a list or a pair", () => {
    const padded = Object.entries({
      ...GOOD_SETTINGS,
      HOST: "::1",
      PORT: "9000",
      LOG_LEVEL: "warn",
      TRUST_PROXY: "true",
      STACK: "servers",
      REDIS_KEY_PREFIX: "shop:",
      AUTH_ISSUER: "https://issuer",
      AUTH_JWKS_URL: "https://issuer/keys",
      AUTH_AUDIENCE: "shop , app",
      KAFKA_BROKERS: "a:1 ,, b:2 ,",
      QUEUE_TOKEN_KEYS: ` new : ${SECRET}1 , old :\t${SECRET}2,`,
    }).map(([name, value]) => [name, ` \t${value} \n`]);
    const config = readServersConfig(Object.fromEntries(padded));
    expect(config.http).to.include({ host: "::1", port: 9000, trustProxy: true });
    expect(config.logLevel).to.equal("warn");
    expect(config.mysql.url).to.equal(GOOD_SETTINGS.MYSQL_URL);
    expect(config.redis).to.include({ url: GOOD_SETTINGS.REDIS_URL, keyPrefix: "shop:" });
    expect(config.auth).to.include({
      jwtSecret: SECRET,
      issuer: "https://issuer",
      jwksUrl: "https://issuer/keys",
    });
    expect(config.auth.audience).to.deep.equal(["shop", "app"]);
    expect(config.kafka.brokers).to.deep.equal(["a:1", "b:2"]);
    expect(config.core.queueTokenKeys).to.deep.equal([
      { kid: "new", secret: `${SECRET}1` },
      { kid: "old", secret: `${SECRET}2` },
    ]);
  });

  it("refuses a key whose id or secret is blank, and a secret too short without blanks", () => {
    const shortSecret = "s".repeat(20);
    for (const keys of [` : ${SECRET}`, "k1:", `k1:${shortSecret}${" ".repeat(20)}`, "k1: ,"]) {
      expect(problemsOf({ ...GOOD_SETTINGS, QUEUE_TOKEN_KEYS: keys }), keys).to.include(
        "QUEUE_TOKEN_KEYS",
      );
    }
    const kids = `k1:${SECRET},k1 :${SECRET}2`;
    expect(problemsOf({ ...GOOD_SETTINGS, QUEUE_TOKEN_KEYS: kids })).to.include("a kid twice");
    const padded = `${shortSecret}${" ".repeat(20)}`;
    expect(problemsOf({ ...GOOD_SETTINGS, AUTH_JWT_SECRET: padded })).to.include("AUTH_JWT_SECRET");
  });

  it("treats a blank variable as not set", () => {
    for (const blank of ["", " ", "\t\n"]) {
      const config = readConfig({
        ...GOOD_SETTINGS,
        PORT: blank,
        KAFKA_BROKERS: blank,
        STACK: blank,
      });
      expect(config.http.port).to.equal(8080);
      expect(problemsOf({ ...GOOD_SETTINGS, MYSQL_URL: blank })).to.include("MYSQL_URL: missing");
    }
  });

  it("accepts only decimal digits as a number", () => {
    expect(readConfig({ ...GOOD_SETTINGS, PORT: " 9000 " }).http.port).to.equal(9000);
    for (const PORT of ["0x1f90", "1e4", "0b11", "0o17", "8080.0", "+8080", "8_080", "80 80"]) {
      expect(problemsOf({ ...GOOD_SETTINGS, PORT }), PORT).to.match(/PORT: .*digits/);
    }
  });

  it("refuses a lower bound that is above the upper bound", () => {
    const crossed = { POLL_AFTER_MIN_MS: "9000", POLL_AFTER_MAX_MS: "50" };
    expect(problemsOf({ ...GOOD_SETTINGS, ...crossed })).to.match(
      /POLL_AFTER_MIN_MS: .*POLL_AFTER_MAX_MS/,
    );
    expect(problemsOf({ ...GOOD_SETTINGS, POLL_AFTER_MIN_MS: "10001" })).to.include(
      "POLL_AFTER_MIN_MS",
    );
    expect(problemsOf({ ...GOOD_SETTINGS, POLL_AFTER_MIN_MS: "10000" })).to.equal("");
  });

  it("parses numbers, switches, lists and key rings", () => {
    const config = readServersConfig({
      ...GOOD_SETTINGS,
      PORT: "0",
      KAFKA_BROKERS: " a:1, b:2 ,",
      KAFKA_IDEMPOTENT: "false",
      QUEUE_TOKEN_KEYS: `new:${SECRET}1,old:${SECRET}2`,
    });
    expect(config.http.port).to.equal(0);
    expect(config.kafka).to.deep.include({ brokers: ["a:1", "b:2"], idempotent: false });
    expect(config.core.queueTokenKeys.map((key) => key.kid)).to.deep.equal(["new", "old"]);
  });

  it("needs no secret for access tokens in trusted mode", () => {
    const { AUTH_JWT_SECRET: _unused, ...rest } = GOOD_SETTINGS;
    expect(readConfig({ ...rest, AUTH_MODE: "trusted" }).auth.mode).to.equal("trusted");
    expect(problemsOf({ ...rest })).to.include(
      "AUTH_JWT_SECRET, AUTH_JWKS_URL or AUTH_OIDC_ISSUER",
    );
  });

  const wrong: Readonly<Record<string, readonly string[]>> = {
    MYSQL_URL: ["no url", "http://x/y"],
    MYSQL_POOL_MAX: ["0", "201", "1.5", "many"],
    MYSQL_DOWN_AFTER_MS: ["99"],
    REDIS_URL: ["http://127.0.0.1"],
    REDIS_KEY_PREFIX: ["x".repeat(65)],
    REDIS_COMMAND_TIMEOUT_MS: ["-1"],
    KAFKA_TOPIC_PREFIX: ["white space"],
    KAFKA_IDEMPOTENT: ["yes"],
    PORT: ["-1", "65536", "http"],
    AUTH_MODE: ["none"],
    AUTH_JWT_SECRET: ["short"],
    AUTH_JWKS_URL: ["ftp://x", "https://user:pass@issuer/keys"],
    AUTH_OIDC_ISSUER: ["ftp://x", "https://issuer?tenant=1", "https://user:pass@issuer"],
    AUTH_ISSUER: ["https://issuer with blanks", "x".repeat(256)],
    AUTH_LEEWAY_MS: ["-1", "300001"],
    AUTH_TOKEN_LIFETIME_MAX_MS: ["1000"],
    METRICS_TOKEN: ["short"],
    METRICS_PORT: ["8080", "65536"],
    WEBHOOK_SECRETS: ["secret", "whsec_", "whsec_c2hvcnQ=", `whsec_${"A".repeat(44)},short`],
    ADMIN_JWT_SECRET: ["short", GOOD_SETTINGS.AUTH_JWT_SECRET],
    ADMIN_PORT: ["-1", "65536", "8080", "9090"],
    DEV_ISSUER: ["1"],
    QUEUE_TOKEN_KEYS: ["no-colon", `:${SECRET}`, "k1:short", `k1:${SECRET},k1:${SECRET}2`],
    TRUST_PROXY: ["all"],
    IN_FLIGHT_MAX: ["0"],
    QUEUE_IN_FLIGHT_MAX: ["0"],
    QUEUE_STREAMS_MAX: ["0"],
    REQUEST_TIMEOUT_MS: ["1"],
    SHUTDOWN_MS: ["0"],
    RATE_LIMIT_USER_PER_SECOND: ["0"],
    RATE_LIMIT_ADDRESS_PER_SECOND: ["none"],
    LOG_LEVEL: ["loud"],
    HOLD_TTL_MS: ["99", "3600001"],
    HOLD_SWEEP_MS: ["1"],
    SEATS_PER_RESERVATION_MAX: ["0", "21"],
    SEATS_PER_BUYER_MAX: ["0", "3", "1001"],
    SEAT_LOCK: ["hope", "none", "pessimistic-read", "pessimistic", "optimistic"],
    SEAT_LOCK_TTL_MS: ["1"],
    CATALOG_CACHE: ["none"],
    SEAT_LOCK_WAIT_MS: ["-1", "10001"],
    QUEUE_ACTIVE_COUNT_MAX: ["0"],
    QUEUE_ADMISSION_RATE_PER_MINUTE: ["-5"],
    QUEUE_ACTIVE_TTL_MS: ["999"],
    QUEUE_ACTIVATION_MS: ["999"],
    QUEUE_PROMOTE_MS: ["1"],
    POLL_AFTER_MIN_MS: ["1"],
    POLL_AFTER_MAX_MS: ["60001"],
    QUEUE_POLLS_PER_SECOND: ["0"],
    OUTBOX_BUCKETS: ["0", "257"],
    OUTBOX_POLL_MS: ["1"],
    OUTBOX_LEASE_MS: ["1"],
    OUTBOX_ATTEMPTS_MAX: ["0"],
    WEBHOOK_URL: ["javascript:1", "https://user:hunter2@hook.example/"],
    WEBHOOK_FORMAT: ["xml"],
    WEBHOOK_TIMEOUT_MS: ["1"],
    RETENTION_MS: ["1"],
  };
  for (const [name, values] of Object.entries(wrong)) {
    it(`names ${name} when its value is wrong`, () => {
      for (const value of values)
        expect(problemsOf({ ...GOOD_SETTINGS, [name]: value })).to.include(name);
    });
  }

  it("reports all problems together, without values", () => {
    const problems = problemsOf({
      ...GOOD_SETTINGS,
      QUEUE_TOKEN_KEYS: "k1:hunter2",
      AUTH_JWT_SECRET: "abc1",
    });
    expect(problems).to.include("QUEUE_TOKEN_KEYS").and.include("AUTH_JWT_SECRET");
    for (const secret of ["hunter2", "abc1", "hidden-password"]) {
      expect(problems).to.not.include(secret);
    }
  });

  it("names the missing variables when none is set", () => {
    expect(problemsOf({})).to.include("MYSQL_URL").and.include("REDIS_URL");
    const { QUEUE_TOKEN_KEYS: _unused, ...noKeys } = GOOD_SETTINGS;
    expect(problemsOf(noKeys)).to.include("QUEUE_TOKEN_KEYS");
  });

  it("requires AUTH_JWT_SECRET when the process issues access tokens", () => {
    const { AUTH_JWT_SECRET: _unused, ...rest } = GOOD_SETTINGS;
    const env = { ...rest, AUTH_JWKS_URL: "https://issuer.example/jwks", DEV_ISSUER: "true" };
    expect(problemsOf(env)).to.include("AUTH_JWT_SECRET");
  });
});

describe("the configuration of the embedded stack", () => {
  const EMBEDDED = { STACK: "embedded" };

  it("needs no setting, generates secrets, and issues access tokens", () => {
    const config = readConfig(EMBEDDED);
    expect(config).to.include({ stack: "embedded", role: "all" });
    expect(config).to.have.deep.property("generated", ["QUEUE_TOKEN_KEYS", "AUTH_JWT_SECRET"]);
    expect(config).to.not.have.any.keys("mysql", "redis", "kafka");
    expect(config.auth).to.include({ mode: "jwt", devIssuer: true });
    expect(config.auth.jwtSecret).to.have.length.of.at.least(32);
    expect(config.core.queueTokenKeys.map(({ kid }) => kid)).to.deep.equal(["embedded"]);
  });

  it("generates new secrets at each call, different for queue and access tokens", () => {
    const configs = [readConfig(EMBEDDED), readConfig(EMBEDDED)];
    const secrets = configs.flatMap(({ auth, core }) => [
      auth.jwtSecret,
      ...core.queueTokenKeys.map(({ secret }) => secret),
    ]);
    expect(new Set(secrets)).to.have.property("size", 4);
  });

  it("uses the secrets and the issuer when they are given", () => {
    const given = { ...GOOD_SETTINGS, ...EMBEDDED, DEV_ISSUER: "false" };
    const config = readConfig(given);
    expect(config).to.have.deep.property("generated", []);
    expect(config.auth).to.include({ jwtSecret: SECRET, devIssuer: false });
    expect(config.core.queueTokenKeys).to.deep.equal([{ kid: "k1", secret: SECRET }]);
  });

  it("issues no access tokens when a key set is given", () => {
    const issuers = [
      { AUTH_JWKS_URL: "https://issuer.example/jwks", AUTH_ISSUER: "https://issuer.example" },
      { AUTH_OIDC_ISSUER: "https://issuer.example" },
    ];
    for (const issuer of issuers) {
      const config = readConfig({ ...EMBEDDED, ...issuer, AUTH_AUDIENCE: "shop" });
      expect(config.auth).to.include({ jwtSecret: undefined, devIssuer: false });
      expect(config).to.have.deep.property("generated", ["QUEUE_TOKEN_KEYS"]);
    }
  });

  it("ignores addresses of servers, and lists their variables", () => {
    const names = {
      MYSQL_URL: "jdbc:mysql://elsewhere",
      REDIS_URL: "http://x",
      KAFKA_BROKERS: "a:1",
    };
    const config = readConfig({ ...EMBEDDED, ...names });
    expect(config).to.have.deep.property("ignored", ["MYSQL_URL", "REDIS_URL", "KAFKA_BROKERS"]);
  });

  it("refuses every role except all", () => {
    for (const role of ["api", "worker"]) {
      expect(problemsOf({ ...EMBEDDED, ROLE: role })).to.include("ROLE: only all");
    }
    expect(readConfig({ ...EMBEDDED, ROLE: "all" }).role).to.equal("all");
  });

  it("checks every other setting too", () => {
    const problems = problemsOf({ ...EMBEDDED, PORT: "http", AUTH_JWT_SECRET: "short" });
    expect(problems).to.include("PORT").and.include("AUTH_JWT_SECRET");
    expect(problemsOf({ STACK: "memory" })).to.include("STACK");
  });

  it("is refused by readServersConfig", () => {
    expect(problemsOf({ ...GOOD_SETTINGS, ...EMBEDDED }, readServersConfig)).to.include(
      "STACK: embedded",
    );
  });
});
