import { readConfig } from "@onsale/core";
import { expect } from "chai";
import { flattenSettings, maskSecrets, maskUrl } from "../../src/maskSecrets.ts";

const SECRET = "a-secret-of-more-than-thirty-two-characters";

const config = readConfig({
  MYSQL_URL: `mysql://root:${SECRET}@127.0.0.1:3306/onsale`,
  REDIS_URL: `redis://:${SECRET}@127.0.0.1:6379/0`,
  KAFKA_BROKERS: "one:9092,two:9092",
  AUTH_JWT_SECRET: SECRET,
  QUEUE_TOKEN_KEYS: `first:${SECRET},second:${SECRET}`,
  WEBHOOK_URL: `https://hooks.example.com/services/${SECRET}`,
});

describe("maskSecrets", () => {
  it("shows no secret of a full configuration, as a tree or as a flat list of settings", () => {
    const masked = maskSecrets(config);
    expect(JSON.stringify(masked)).not.to.include(SECRET);
    expect(JSON.stringify(flattenSettings(masked))).not.to.include(SECRET);
  });

  it("keeps values that are not secret", () => {
    const rows = new Map(flattenSettings(maskSecrets(config)));
    expect(rows.get("mysql.url")).to.equal("mysql://root:****@127.0.0.1:3306/onsale");
    expect(rows.get("kafka.brokers")).to.equal("one:9092, two:9092");
    expect(rows.get("core.webhook.url")).to.equal("https://hooks.example.com/****");
    expect(rows.get("core.queueTokenKeys")).to.include("first").and.include("second");
    expect(rows.get("auth.jwksUrl")).to.equal("(not set)");
    expect(rows.get("core.hold.ttlMs")).to.equal("300000");
  });

  it("masks a text that is not a URL completely", () => {
    expect(maskUrl("root:hunter2@somewhere")).to.not.include("hunter2");
  });
});
