import { expect } from "chai";
import { addressesOf } from "../../src/givenServer.ts";

describe("the addresses of a given server", () => {
  it("come from a URL, without login, path and parameters", () => {
    const url = "mysql://ada:pass@db.example:3307/onsale?ssl=1";
    expect(addressesOf("mysql", url)).to.deep.equal([{ host: "db.example", port: 3307 }]);
  });

  it("come from a list of brokers, an IPv6 address among them", () => {
    expect(addressesOf("kafka", "one:9093, [::1]:9094,two")).to.deep.equal([
      { host: "one", port: 9093 },
      { host: "::1", port: 9094 },
      { host: "two", port: 9092 },
    ]);
  });

  it("have the port of their kind of server: sentinels do not listen at the port of Redis", () => {
    expect(addressesOf("redis", "rediss://cache")).to.deep.equal([{ host: "cache", port: 6379 }]);
    const sentinels = "redis+sentinel://s1,s2:26380/main/0";
    expect(addressesOf("redis", sentinels)).to.deep.equal([
      { host: "s1", port: 26_379 },
      { host: "s2", port: 26_380 },
    ]);
  });
});
