import { once } from "node:events";
import { createServer, type Server, type Socket } from "node:net";
import { networkInterfaces } from "node:os";
import { expect } from "chai";
import { inspectKafka } from "../../../src/adapters/kafka/inspectKafka.ts";
import { systemClock } from "../../../src/shared/clock.ts";

const API_VERSIONS = 18;
const METADATA = 3;
const LEADER_NOT_AVAILABLE = 5;
const HEADER_BYTES = 12;

/** The fields of an answer, in the encoding of the protocol. */
const int16 = (value: number): Buffer => {
  const bytes = Buffer.alloc(2);
  bytes.writeInt16BE(value);
  return bytes;
};
const int32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
};
const text = (value: string): Buffer =>
  Buffer.concat([int16(Buffer.byteLength(value)), Buffer.from(value)]);
const list = (...items: readonly (readonly Buffer[])[]): Buffer =>
  Buffer.concat([int32(items.length), ...items.flat()]);

const NO_THROTTLE = int32(0);
const NO_RACK = int16(-1);
const VERSIONS = Buffer.concat([
  int16(0),
  list([int16(METADATA), int16(1), int16(1)], [int16(API_VERSIONS), int16(0), int16(0)]),
  NO_THROTTLE,
]);

/** Two topics; the first one, of another program, has no leader. */
function metadataOf(host: string, port: number): Buffer {
  const isInternal = Buffer.from([0]);
  const topic = (name: string, error: number, leader: number) => [
    ...[int16(0), text(name), isInternal],
    list([int16(error), int32(0), int32(leader), list([int32(1)]), list()]),
  ];
  const brokers = list([int32(1), text(host), int32(port), NO_RACK]);
  const topics = list(
    topic("of-other-program", LEADER_NOT_AVAILABLE, -1),
    topic("onsale.payment", 0, 1),
  );
  return Buffer.concat([brokers, int32(1), topics]);
}

/** Answers the two requests that precede every other one. */
function answer(socket: Socket, request: Buffer, host: string): void {
  const correlation = request.subarray(8, HEADER_BYTES);
  const isMetadata = request.readInt16BE(4) === METADATA;
  const body = isMetadata ? metadataOf(host, socket.localPort ?? 0) : VERSIONS;
  socket.write(Buffer.concat([int32(correlation.length + body.length), correlation, body]));
}

describe("a Kafka cluster with a topic that has no leader", () => {
  let server: Server;
  afterEach("stops the broker", () => {
    server.close();
  });

  const addresses = Object.values(networkInterfaces()).flatMap((of) => of ?? []);
  const hasIpv6 = addresses.some(({ address }) => address === "::1");
  for (const host of ["127.0.0.1", ...(hasIpv6 ? ["::1"] : [])]) {
    const broker = host.includes(":") ? `[${host}]` : host;
    it(`is up, and its other topics are visible, at ${broker}`, async () => {
      server = createServer((socket) => {
        socket.on("error", () => undefined);
        socket.on("data", (request) => answer(socket, request, host));
      });
      server.listen(0, host);
      await once(server, "listening");
      const address = server.address();
      const port = typeof address === "object" ? address?.port : undefined;
      const settings = { brokers: [`${broker}:${port}`], idempotent: true, topicPrefix: "onsale." };
      const found = await inspectKafka(settings, systemClock);
      expect([found.reachable, found.reason]).to.deep.equal([true, undefined]);
      expect(found.settings.map(({ value }) => value)).to.deep.equal(["onsale.payment"]);
    });
  }
});
