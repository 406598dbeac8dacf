import { once } from "node:events";
import { createServer, type Server } from "node:net";
import { expect } from "chai";
import { Redis } from "ioredis";
import { newRedisClient } from "../../../src/adapters/redis/redisClient.ts";

describe("a socket of the Redis client that fails", () => {
  let server: Server;
  before("starts a server that is silent", async () => {
    server = createServer((socket) => socket.on("error", () => undefined));
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
  });
  let client: ReturnType<typeof newRedisClient>;
  after("stops both", () => {
    client.disconnect();
    server.close();
  });

  it("does not end the process when a second error follows, such as an alert of TLS", async () => {
    const address = server.address();
    const port = typeof address === "object" ? address?.port : undefined;
    client = newRedisClient(
      { url: `redis://127.0.0.1:${port}/0`, tls: undefined },
      { limits: {}, retryStrategy: () => null },
    );
    if (!(client instanceof Redis)) throw new Error("the client is of a cluster");
    const seen: string[] = [];
    client.on("error", ({ message }: Error) => seen.push(message));
    client.connect().catch(() => undefined);
    await once(client, "connect");
    const { stream } = client;
    stream.emit("error", new Error("the certificate is refused"));
    expect(() => stream.emit("error", new Error("a late alert"))).to.not.throw();
    expect(seen).to.deep.equal(["the certificate is refused"]);
  });
});
