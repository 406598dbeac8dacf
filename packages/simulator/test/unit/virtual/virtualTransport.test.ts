import { expect } from "chai";
import sinon from "sinon";
import { actAs } from "../../../src/virtual/actor.ts";
import { virtualTransport } from "../../../src/virtual/virtualTransport.ts";
import { scriptedRandom } from "../../support/scriptedRandom.ts";
import { processRig } from "../../support/virtual/processRig.ts";

describe("virtualTransport", () => {
  it("takes no number from a client's random stream when a fault happens", async () => {
    const { host, start, runOut } = processRig();
    const { network, plan, report } = host;
    const api = start("api-1");
    const random = scriptedRandom(1);
    const next = sinon.spy(random, "next");
    const fault = { kind: "lost-answer", ms: 5 } as const;
    const faults = Object.assign(network.faults, { callFaultOf: () => fault });
    const transport = virtualTransport({ ...network, faults }, plan.streams, () => [api], report);
    const sent = actAs({ name: "buyer-3", random, calls: 0 }, () =>
      transport.send(0, { method: "GET", path: "/queue/tokens/me" }),
    );
    await runOut();
    expect(await sent).to.include({ failure: "timeout" });
    expect(next.callCount).to.equal(0);
  });

  it("names each request by the client's own count, even when two requests are open", async () => {
    const { host, start, runOut } = processRig();
    const { network, plan, report } = host;
    const api = start("api-1");
    const serve = sinon.spy(api, "serve");
    const transport = virtualTransport(network, plan.streams, () => [api], report);
    const buyer = { name: "buyer-3", random: scriptedRandom(1), calls: 0 };
    const request = { method: "GET", path: "/queue/tokens/me" } as const;
    const sent = actAs(buyer, () => [transport.send(0, request), transport.send(0, request)]);
    await runOut();
    await Promise.all(sent);
    expect(serve.args.map(([self]) => self.key)).to.deep.equal([
      "buyer-3.1@api-1",
      "buyer-3.2@api-1",
    ]);
  });
});
