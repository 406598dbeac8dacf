import { expect } from "chai";
import { reportConfig } from "../../src/configReport.ts";
import { maskUrl } from "../../src/maskSecrets.ts";

const SECRET = "a-secret-of-more-than-thirty-two-characters";

const environment = {
  MYSQL_URL: `mysql://root:${SECRET}@127.0.0.1:3306/onsale`,
  REDIS_URL: `redis://:${SECRET}@127.0.0.1:6379/0`,
  KAFKA_BROKERS: "one:9092,two:9092",
  AUTH_JWT_SECRET: SECRET,
  QUEUE_TOKEN_KEYS: `first:${SECRET},second:${SECRET}`,
  WEBHOOK_URL: `https://hooks.example.com/services/${SECRET}`,
  OTEL_EXPORTER_OTLP_ENDPOINT: `https://tenant:${SECRET}@traces.example.com`,
  OTEL_EXPORTER_OTLP_HEADERS: `x-team=${SECRET}`,
  KAFKA_SASL_MECHANISM: "plain",
  KAFKA_SASL_USERNAME: "onsale",
  KAFKA_SASL_PASSWORD: SECRET,
};
const NONE = { profile: {}, devstack: {} };

describe("reportConfig", () => {
  const settingOf = (variable: string, given: NodeJS.ProcessEnv = environment, more = NONE) =>
    reportConfig({ ...more, environment: given }).settings.find(
      (setting) => setting.variable === variable,
    );

  it("shows no secret of a full configuration", () => {
    const report = reportConfig({ environment, ...NONE });
    expect(report.valid).to.equal(true);
    expect(JSON.stringify(report)).not.to.include(SECRET);
  });

  it("keeps values that are not secrets", () => {
    const shown = (variable: string) => settingOf(variable)?.value;
    expect(shown("MYSQL_URL")).to.equal("mysql://root:****@127.0.0.1:3306/onsale");
    expect(shown("KAFKA_BROKERS")).to.equal("one:9092,two:9092");
    expect(shown("WEBHOOK_URL")).to.equal("https://hooks.example.com/****");
    expect(shown("QUEUE_TOKEN_KEYS")).to.equal("first:****,second:****");
    expect(shown("AUTH_JWKS_URL")).to.equal(undefined);
    expect(shown("HOLD_TTL_MS")).to.equal("300000");
  });

  it("shows the name of the file of a secret, and what is wrong with the file", () => {
    const { AUTH_JWT_SECRET: _unset, ...rest } = environment;
    const given = { ...rest, AUTH_JWT_SECRET_FILE: "/run/no/such/secret" };
    expect(settingOf("AUTH_JWT_SECRET", given)).to.deep.include({
      value: "/run/no/such/secret",
      source: "file",
      problem: "names a file that cannot be read (ENOENT)",
    });
  });

  it("says where each value comes from", () => {
    const more = { profile: { PORT: "9000" }, devstack: { REDIS_URL: "redis://stack/0" } };
    const from = (variable: string) => settingOf(variable, { PORT: "8000" }, more)?.source;
    expect(from("PORT")).to.equal("profile");
    expect(from("REDIS_URL")).to.equal("devstack");
    expect(from("HOLD_TTL_MS")).to.equal("default");
    expect(from("AUTH_JWKS_URL")).to.equal("not set");
  });

  it("shows the settings that are missing or wrong, beside all others", () => {
    const { MYSQL_URL: _left, ...rest } = { ...environment, HOLD_TTL_MS: "soon" };
    const report = reportConfig({ environment: rest, ...NONE });
    expect(report.valid).to.equal(false);
    const wrong = report.settings.filter(({ problem }) => problem !== undefined);
    expect(wrong.map(({ variable }) => variable)).to.deep.equal(["MYSQL_URL", "HOLD_TTL_MS"]);
    expect(settingOf("HOLD_TTL_MS", rest)?.value).to.equal("soon");
  });
});

describe("maskUrl", () => {
  it("keeps the hosts of a URL with several ones", () => {
    expect(maskUrl("redis+sentinel://ops:hunter2@one:26379,two:26379/sale")).to.equal(
      "redis+sentinel://****@one:26379,two:26379/sale",
    );
    expect(maskUrl("redis+sentinel://one:26379,two:26379/sale")).to.equal(
      "redis+sentinel://one:26379,two:26379/sale",
    );
  });

  it("masks a secret among the parameters", () => {
    expect(maskUrl("mysql://ops@db/onsale?password=hunter2&ssl=true")).to.equal(
      "mysql://ops@db/onsale?password=****&ssl=true",
    );
  });

  it("masks a text that is not a URL completely", () => {
    expect(maskUrl("root:hunter2@somewhere")).to.not.include("hunter2");
  });
});
