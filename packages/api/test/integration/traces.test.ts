import { once } from "node:events";
import { createServer, type IncomingHttpHeaders } from "node:http";
import { checkInvariants } from "@onsale/core";
import { expect } from "chai";
import { type RunningServer, startServer } from "../../src/startServer.ts";
import { admittedBuyer } from "../support/admittedBuyer.ts";
import {
  type OtlpReceiver,
  pathOf,
  type ReceivedSpan,
  startOtlpReceiver,
} from "../support/otlpReceiver.ts";
import { recordingLog } from "../support/recordingLog.ts";
import { makeSale, SEAT_PRICE } from "../support/sale.ts";
import { newServersFixture } from "../support/testFixture.ts";

const TRACE_ID = "4bf92f3577b34da6a3ce929d0e0e4736";
const SAMPLED = { traceparent: `00-${TRACE_ID}-00f067aa0ba902b7-01` };

const HOLD = "POST /api/v1/concerts/reserve-seat";
const PAY = "POST /api/v1/payment/pay";

const isOwn = ({ traceId }: ReceivedSpan): boolean => traceId === TRACE_ID;

/** reservation.held, reservation.confirmed, payment.captured. */
const EVENTS_NOTIFIED = 3;

const transactionOf = (request: string, kind: string) =>
  ["BEGIN", "outbox.append", "COMMIT"].map((name) => `${name} < transaction ${kind} < ${request}`);

/** The way of an event from the outbox to the platform. */
const wayOf = (event: string, cause: string): string[] => {
  const publication = `send ${event} < ${cause}`;
  const consumption = `transaction < process ${event} < ${publication}`;
  return [
    publication,
    `process ${event} < ${publication}`,
    `inbox.record < ${consumption}`,
    `COMMIT < ${consumption}`,
    `deliver notification < ${consumption}`,
  ];
};

/** Spans that the trace must have, each with its way to the request. */
const PATHS = [
  HOLD,
  PAY,
  `onsaleQueuePlace < ${HOLD}`,
  `onsaleQueueLeave < ${PAY}`,
  `seats.hold < transaction hold < ${HOLD}`,
  ...transactionOf(HOLD, "hold"),
  ...transactionOf(PAY, "pay"),
  ...wayOf("reservation", `transaction hold < ${HOLD}`),
  ...wayOf("reservation", `transaction pay < ${PAY}`),
  ...wayOf("payment", `transaction pay < ${PAY}`),
  `send point-account < transaction pay < ${PAY}`,
];

/** Always on real servers, because the process of the API and the worker share them. */
describe("the trace of a purchase", () => {
  let fixture: Awaited<ReturnType<typeof newServersFixture>>;
  let receiver: OtlpReceiver;
  const delivered: IncomingHttpHeaders[] = [];
  const platform = createServer((request, response) => {
    delivered.push(request.headers);
    response.end();
  });
  const running: RunningServer[] = [];

  before("starts a collector, a platform, an API process and a worker", async () => {
    receiver = await startOtlpReceiver();
    platform.listen(0, "127.0.0.1");
    await once(platform, "listening");
    const address = platform.address();
    if (address === null || typeof address === "string") throw new Error("it listens on TCP");
    fixture = await newServersFixture({
      ...{ DEV_ISSUER: "true", OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url },
      WEBHOOK_URL: `http://127.0.0.1:${address.port}/hook`,
    });
    for (const role of ["api", "worker"] as const) {
      running.push(await startServer(fixture.config, { role, log: recordingLog() }));
    }
  });

  after("stops them", async () => {
    for (const server of running.splice(0)) await server.close();
    await fixture?.drop();
    platform.closeAllConnections();
    platform.close();
    await receiver?.close();
  });

  it("goes from the request to the webhook, through both processes", async () => {
    const [api] = running;
    if (!api) throw new Error("the API process runs");
    const { seatIds } = await makeSale(api.core, 1);
    const buyer = await admittedBuyer(api.url, SEAT_PRICE);
    await buyer.pay(await buyer.hold(seatIds[0] ?? 0, SAMPLED), SAMPLED);
    // Each process sends its spans in the order in which they end. No notification is made of the
    // message about the account, so its publication can be the last span.
    await receiver.until((spans) => {
      const names = spans.filter(isOwn).map(({ name }) => name);
      const deliveries = names.filter((name) => name === "deliver notification");
      const hasAccount = names.some((name) => /^send .*point-account$/.test(name));
      return names.includes(PAY) && hasAccount && deliveries.length === EVENTS_NOTIFIED;
    });
    const own = receiver.spans.filter(isOwn);
    const prefix = fixture.config.kafka.topicPrefix;
    const paths = own.map((span) => pathOf(own, span).replaceAll(prefix, ""));
    for (const path of PATHS) expect(paths).to.include(path);
    // Every span leads to one of the two requests.
    for (const path of paths) expect([HOLD, PAY]).to.include(path.split(" < ").at(-1));
    const serviceOf = new Map(own.map(({ name, service }) => [name, service]));
    expect(serviceOf.get(HOLD)).to.equal("onsale-api");
    expect(serviceOf.get("deliver notification")).to.equal("onsale-worker");
    const deliveries = own.filter(({ name }) => name === "deliver notification");
    expect(delivered.map(({ traceparent }) => traceparent)).to.have.members(
      deliveries.map(({ spanId }) => `00-${TRACE_ID}-${spanId}-01`),
    );
    expect(await checkInvariants(api.core, { holdBoundMs: 60_000 })).to.include({ holds: true });
  });
});
