import { once } from "node:events";
import { connect, createServer } from "node:net";
import { expect } from "chai";
import type { LoadResult } from "../../../src/bench/benchReport.ts";
import { notAccepted } from "../../../src/bench/caching/refusals.ts";
import { countStatements } from "../../../src/bench/caching/statementCounter.ts";

const SEATS = { name: "seats", text: "SELECT id FROM seats WHERE id = :id" };

function query(text: string): Buffer {
  const head = Buffer.alloc(5);
  head.writeUIntLE(text.length + 1, 0, 3);
  head[4] = 3;
  return Buffer.concat([head, Buffer.from(text)]);
}

describe("the relay that counts statements", () => {
  it("passes all bytes on in both directions, and counts the named statement only", async () => {
    const server = createServer((socket) => socket.pipe(socket)).listen(0, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    if (address === null || typeof address === "string") throw new Error("no port");
    const relay = await countStatements(`mysql://root@127.0.0.1:${address.port}/sale`, [SEATS]);
    expect(new URL(relay.url).pathname).to.equal("/sale");
    const client = connect({ host: "127.0.0.1", port: Number(new URL(relay.url).port) });
    const bytes = Buffer.concat([
      ...[query("SELECT id FROM seats WHERE id = 7"), query("SELECT 1")],
      query("SELECT id FROM seats WHERE id = 8"),
    ]);
    client.write(bytes);
    let echoed = Buffer.alloc(0);
    for await (const chunk of client.iterator({ destroyOnReturn: false })) {
      echoed = Buffer.concat([echoed, chunk]);
      if (echoed.length === bytes.length) break;
    }
    expect(echoed.equals(bytes)).to.equal(true);
    expect(relay.count("seats")).to.equal(2);
    expect(relay.count("other")).to.equal(0);
    client.destroy();
    await relay.close();
    server.close();
  });
});

describe("requests that were not accepted", () => {
  const result = (part: Partial<LoadResult>): LoadResult => ({
    ...{ accepted: 5, refused: 0, refusedBy: {}, failed: 0, failedBy: {}, elapsedMs: 10, ...part },
  });

  it("are refused by a status 4xx or 503, and failed otherwise", () => {
    const results = [
      result({ refused: 2, refusedBy: { "409 SEAT_CONTENDED": 2 } }),
      result({ failed: 4, failedBy: { "503 OVERLOADED": 3, "500 INTERNAL": 1 } }),
      result({ failed: 2, failedBy: { "503 OVERLOADED": 1, "connection lost": 1 } }),
    ];
    expect(notAccepted(results)).to.deep.equal({
      ...{ refused: 6, refusedBy: { "409 SEAT_CONTENDED": 2, "503 OVERLOADED": 4 } },
      ...{ failed: 2, failedBy: { "500 INTERNAL": 1, "connection lost": 1 } },
    });
  });
});
