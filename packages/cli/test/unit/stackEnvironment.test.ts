import { expect } from "chai";
import {
  isEmbedded,
  requireAllOrNone,
  serverEnvironment,
  variablesOf,
  withSecrets,
} from "../../src/stackEnvironment.ts";

const given = { MYSQL_URL: "mysql://root@db/onsale", REDIS_URL: "redis://memory/0" };

describe("serverEnvironment", () => {
  it("uses the servers that the environment names, unchanged", async () => {
    const { env, source } = await serverEnvironment(given);
    expect(source).to.equal("environment");
    expect(env).to.include(given);
  });

  for (const name of [
    "MYSQL_PASSWORD",
    "REDIS_PASSWORD_FILE",
    "MYSQL_TLS",
    "KAFKA_SASL_USERNAME",
    "MYSQL_URL_FILE",
  ]) {
    it(`takes no servers of the devstack when the environment has only ${name}`, async () => {
      const refused = await serverEnvironment({ [name]: "x" }).catch((error: unknown) => error);
      expect(refused).to.include({ code: "INSTALLATION_INCOMPLETE", exitCode: 3 });
      expect(refused).to.have.property("message").that.includes(name);
      expect(() => requireAllOrNone({ [name]: "x" })).to.throw(name);
      requireAllOrNone({ [name]: " " });
    });
  }

  it("finds no servers with STACK=embedded, even if the environment names some", async () => {
    const refused = await serverEnvironment({ ...given, STACK: "embedded" }).catch(
      (error) => error,
    );
    expect(refused).to.include({ code: "STACK_EMBEDDED", exitCode: 3 });
  });
});

describe("isEmbedded", () => {
  it("depends on STACK, and treats a blank STACK as unset", () => {
    expect(isEmbedded({ STACK: "embedded" })).to.equal(true);
    expect(isEmbedded({ STACK: " embedded\n" })).to.equal(true);
    for (const env of [{}, { STACK: "" }, { STACK: " " }, { STACK: "servers" }]) {
      expect(isEmbedded(env)).to.equal(false);
    }
  });

  it("refuses a stack that does not exist", async () => {
    const expected = { code: "CONFIG_INVALID", exitCode: 3 };
    const env = { ...given, STACK: "Embedded" };
    for (const work of [
      async () => isEmbedded(env),
      () => serverEnvironment(env),
      () => withSecrets({ ...env, NODE_ENV: "production" }),
    ]) {
      const refused = await work().catch((error: unknown) => error);
      expect(refused).to.include(expected).and.have.property("message").that.includes("Embedded");
    }
  });
});

describe("requireAllOrNone", () => {
  it("refuses an environment that names only some of the servers", () => {
    const all = { ...given, KAFKA_BROKERS: "broker:9092" };
    for (const name of Object.keys(all)) {
      expect(() => requireAllOrNone({ ...all, [name]: " " }))
        .to.throw(name)
        .with.property("code", "INSTALLATION_INCOMPLETE");
    }
    requireAllOrNone(all);
    requireAllOrNone({ MYSQL_URL: "" });
  });
});

describe("withSecrets", () => {
  it("adds development secrets where none are set", async () => {
    const env = await withSecrets({});
    expect(env.QUEUE_TOKEN_KEYS).to.match(/^dev:/);
    expect(env.AUTH_JWT_SECRET?.length).to.be.at.least(32);
  });

  it("replaces no secret, and adds none in production", async () => {
    expect(await withSecrets({ AUTH_JWT_SECRET: "mine" })).to.include({ AUTH_JWT_SECRET: "mine" });
    expect(await withSecrets({ NODE_ENV: "production" })).to.deep.equal({ NODE_ENV: "production" });
  });

  it("treats a blank secret as unset", async () => {
    const blank = { QUEUE_TOKEN_KEYS: "", AUTH_JWT_SECRET: "" };
    const lent = await withSecrets(blank);
    expect(lent.QUEUE_TOKEN_KEYS).to.match(/^dev:/);
    expect(lent.AUTH_JWT_SECRET?.length).to.be.at.least(32);
    for (const reason of [{ NODE_ENV: "production" }, { STACK: "embedded" }]) {
      expect(await withSecrets({ ...reason, ...blank })).to.deep.equal(reason);
    }
  });

  it("adds no secret that the environment gives as a file", async () => {
    const lent = await withSecrets({ AUTH_JWT_SECRET_FILE: "/run/secrets/access" });
    expect(lent).to.not.have.property("AUTH_JWT_SECRET");
    expect(lent.QUEUE_TOKEN_KEYS).to.match(/^dev:/);
  });

  it("adds no secrets to an embedded process, which generates its own", async () => {
    expect(await withSecrets({ STACK: "embedded" })).to.deep.equal({ STACK: "embedded" });
  });
});

describe("variablesOf", () => {
  const urls = {
    mysqlUrl: "mysql://a/b",
    redisUrl: "redis://c/0",
    kafkaBrokers: ["d:1", "e:2"],
    kafkaIdempotent: false,
  };
  const named = { MYSQL_URL: "mysql://a/b", REDIS_URL: "redis://c/0" };

  it("names the servers of a stack, and unsets passwords and TLS of other servers", () => {
    const variables = variablesOf(urls);
    expect(variables).to.include({
      ...named,
      ...{ KAFKA_BROKERS: "d:1,e:2", KAFKA_IDEMPOTENT: "false" },
    });
    for (const name of ["MYSQL_PASSWORD", "REDIS_TLS_CA_FILE", "KAFKA_SASL_MECHANISM"]) {
      expect(variables).to.have.property(name, "");
    }
  });

  it("keeps the variables of the servers that the environment names", () => {
    const given = { MYSQL_URL: "mysql://a/b", MYSQL_PASSWORD: "its own", REDIS_URL: " " };
    const variables = variablesOf(urls, given);
    expect(variables).to.not.have.any.keys("MYSQL_URL", "MYSQL_PASSWORD", "MYSQL_TLS");
    expect(variables).to.include({ REDIS_URL: "redis://c/0", REDIS_PASSWORD: "" });
  });
});
