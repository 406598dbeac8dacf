import { expect } from "chai";
import { embeddedConfig } from "../../src/embeddedConfig.ts";

const input = { port: 0, authMode: "jwt", settings: { HOLD_TTL_MS: "10000" } } as const;

describe("embeddedConfig", () => {
  it("prefers the environment to the command's settings, and both to the defaults", () => {
    const { logLevel, core, http } = embeddedConfig(input, {
      ...{ HOLD_TTL_MS: "200", PORT: "1", HOST: "0.0.0.0" },
    });
    expect([logLevel, core.hold.ttlMs, http.port]).to.deep.equal(["error", 200, 0]);
    expect(http.host).to.equal("127.0.0.1");
  });

  it("treats a blank variable as unset", () => {
    const { logLevel, core } = embeddedConfig(input, { LOG_LEVEL: "", HOLD_TTL_MS: "" });
    expect([logLevel, core.hold.ttlMs]).to.deep.equal(["error", 10_000]);
  });
});
