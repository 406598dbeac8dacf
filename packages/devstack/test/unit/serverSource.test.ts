import { expect } from "chai";
import { parseMockAddress } from "../../src/kafkaMock.ts";
import { chooseSource, environmentUrl } from "../../src/serverSource.ts";
import { mask } from "../../src/stackStatus.ts";

describe("chooseSource", () => {
  const url = "mysql://db.example/onsale";

  it("prefers a URL in an environment variable to every other source", () => {
    const facts = { environmentUrl: url, running: "private", dockerAnswers: true } as const;
    expect(chooseSource(facts)).to.equal("environment");
  });

  it("keeps a server that already runs, even if Docker answers now", () => {
    const facts = { environmentUrl: undefined, running: "private", dockerAnswers: true } as const;
    expect(chooseSource(facts)).to.equal("private");
  });

  it("uses Docker when it answers, otherwise a native process", () => {
    const facts = { environmentUrl: undefined, running: undefined };
    expect(chooseSource({ ...facts, dockerAnswers: true })).to.equal("docker");
    expect(chooseSource({ ...facts, dockerAnswers: false })).to.equal("private");
  });
});

describe("environmentUrl", () => {
  it("reads the URL of each server from its own variable", () => {
    const env = { MYSQL_URL: "m", REDIS_URL: "r", KAFKA_BROKERS: "k" };
    expect(environmentUrl("mysql", env)).to.equal("m");
    expect(environmentUrl("redis", env)).to.equal("r");
    expect(environmentUrl("kafka", env)).to.equal("k");
  });

  it("counts an empty URL variable as absent", () => {
    expect(environmentUrl("mysql", { MYSQL_URL: " " })).to.equal(undefined);
  });
});

describe("mask", () => {
  it("hides only the password of a URL", () => {
    expect(mask("mysql://root:s3cret@db:3306/x")).to.equal("mysql://root:***@db:3306/x");
    expect(mask("redis://:s3cret@cache:6379/0")).to.equal("redis://:***@cache:6379/0");
    expect(mask("redis://127.0.0.1:6379/0")).to.equal("redis://127.0.0.1:6379/0");
  });

  it("hides a password that contains an at sign or a slash", () => {
    expect(mask("mysql://root:a@b/c@db:3306/x")).to.equal("mysql://root:***@db:3306/x");
  });
});

describe("parseMockAddress", () => {
  it("finds the address in the mock broker's log", () => {
    const log =
      "%7|1|MOCK|rdkafka#consumer-1| [thrd:app]: Mock cluster enabled: " +
      "original bootstrap.servers and security.protocol ignored and replaced: " +
      "bootstrap.servers=127.0.0.1:41234\n";
    expect(parseMockAddress(log)).to.equal("127.0.0.1:41234");
  });

  it("finds no address in a log that does not contain it yet", () => {
    expect(parseMockAddress("%7|1|MOCK|starting\n")).to.equal(undefined);
  });
});
