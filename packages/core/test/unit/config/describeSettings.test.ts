import { expect } from "chai";
import { describeSettings } from "../../../src/config/describeSettings.ts";
import { readServersConfig } from "../../../src/config/readConfig.ts";
import { GOOD_SETTINGS } from "../../support/goodSettings.ts";

/** Dotted paths of all values that are not a group of settings. */
function pathsOf(value: object, prefix = ""): string[] {
  return Object.entries(value).flatMap(([key, inner]) => {
    const isGroup = typeof inner === "object" && inner !== null && !Array.isArray(inner);
    return isGroup ? pathsOf(inner, `${prefix}${key}.`) : [`${prefix}${key}`];
  });
}

describe("describeSettings", () => {
  const settings = describeSettings();

  it("describes each value of the configuration once, by its path", () => {
    // How to reach a server is calculated from its URL, its passwords and its settings of TLS.
    const isAccess = (path: string) =>
      /^(mysql|redis)\.password$|^(mysql|redis|kafka)\.tls\.|\.sasl|\.sentinel/.test(path);
    const described = settings.map(({ path }) => path).filter((path) => !isAccess(path));
    // The Kafka settings repeat the topic prefix of the outbox.
    const configured = pathsOf(readServersConfig(GOOD_SETTINGS)).filter(
      (path) => path !== "kafka.topicPrefix",
    );
    expect(described.toSorted()).to.deep.equal(configured.toSorted());
  });

  it("names each variable once, with its meaning and its allowed values", () => {
    expect(new Set(settings.map(({ name }) => name))).to.have.property("size", settings.length);
    for (const { name, meaning, allowed, group } of settings) {
      expect([meaning, allowed, group], name).to.not.include("");
      expect(name).to.match(/^[A-Z][A-Z0-9_]+$/);
    }
  });

  it("writes each variable to the path that it describes", () => {
    const holds = settings.find(({ name }) => name === "HOLD_TTL_MS");
    expect(holds).to.deep.include({
      path: "core.hold.ttlMs",
      fallback: "300000",
      allowed: "100 to 3600000",
      group: "Holds and seats",
    });
    expect(readServersConfig({ ...GOOD_SETTINGS, HOLD_TTL_MS: "4321" }).core.hold.ttlMs).to.equal(
      4321,
    );
  });
});
