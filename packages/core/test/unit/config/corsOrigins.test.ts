import { expect } from "chai";
import { ConfigError, readConfig } from "../../../src/config/readConfig.ts";

const originsOf = (text: string): readonly string[] =>
  readConfig({ STACK: "embedded", CORS_ORIGINS: text }).http.corsOrigins;

describe("CORS_ORIGINS", () => {
  it("is empty by default", () => {
    expect(readConfig({ STACK: "embedded" }).http.corsOrigins).to.deep.equal([]);
  });

  for (const given of [
    ["https://shop.example", "http://localhost:5173"],
    ["http://[::1]:3000"],
    ["*"],
  ]) {
    it(`is accepted as ${given.join(", ")}`, () => {
      expect(originsOf(given.join(", "))).to.deep.equal(given);
    });
  }

  for (const text of [
    "shop.example",
    "https://shop.example/",
    "https://shop.example/cart",
    "ftp://shop.example",
    "https://Shop.example",
    "https://shop.example:443",
    "https://*.shop.example",
    "https://user@shop.example",
    "null",
    "*, https://shop.example",
    "https://shop.example https://other.example",
  ]) {
    it(`is refused as ${text}, because no browser sends it`, () => {
      expect(() => originsOf(text)).to.throw(ConfigError, "CORS_ORIGINS: must be origins");
    });
  }
});
