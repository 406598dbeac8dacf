import { expect } from "chai";
import { clientAddress } from "../../src/http/clientAddress.ts";

const PEER = "10.0.0.1";
const addressOf = (forwarded: string) => clientAddress(PEER, forwarded).address;
const networkOf = (peer: string) => clientAddress(peer).network;

describe("clientAddress", () => {
  it("takes the entry of the proxy when it is an address, with or without a port", () => {
    expect(addressOf("192.0.2.7")).to.equal("192.0.2.7");
    expect(addressOf(" 192.0.2.7 ")).to.equal("192.0.2.7");
    expect(addressOf("192.0.2.7:4711")).to.equal("192.0.2.7");
    expect(addressOf("2001:DB8::7")).to.equal("2001:db8::7");
    expect(addressOf("[2001:db8::7]:4711")).to.equal("2001:db8::7");
    expect(addressOf("[2001:db8::7]")).to.equal("2001:db8::7");
  });

  it("takes the peer when the entry is any other text", () => {
    const texts = ["", "unknown", "_hidden", "localhost", "1", "0x7f.1", "010.1.1.1", "1.2.3"];
    const more = [
      "1.2.3.4, 5.6.7.8",
      "x".repeat(9_000),
      "'; DROP TABLE users",
      "::gg",
      "1.2.3.4.5",
    ];
    for (const text of [...texts, ...more]) expect(addressOf(text), text).to.equal(PEER);
  });

  it("counts a client of IPv6 by its /64, and one of IPv4 by its address", () => {
    expect(networkOf("192.0.2.7")).to.equal("192.0.2.7");
    expect(networkOf("::ffff:192.0.2.7"), "through IPv6").to.equal("192.0.2.7");
    const networks = ["2001:db8:0:7::1", "2001:db8:0:7:ffff:ffff:ffff:ffff", "2001:DB8:0:7::"];
    expect(new Set(networks.map(networkOf))).to.deep.equal(new Set(["2001:db8:0:7::/64"]));
    expect(networkOf("2001:db8:0:8::1")).to.equal("2001:db8:0:8::/64");
    expect(networkOf("fe80::1%eth0")).to.equal("fe80::/64");
  });

  it("has no address for a connection that has ended", () => {
    expect(clientAddress(undefined)).to.deep.equal({ address: "", network: "" });
  });
});
