import { type Client, createClient, isProblem, type Visit } from "@onsale/client";
import { checkInvariants, createConcert, createPerformance, promoteWaiting } from "@onsale/core";
import { expect } from "chai";
import type { ApiServer, OpenApiServer } from "./apiServer.ts";
import { type WatchedFetch, watchedFetch } from "./watchedFetch.ts";

const PRICE = 1_000;
const DAY_MS = 24 * 60 * 60 * 1000;
const POLL = "/queue/tokens/me";
const EVENTS = "/queue/tokens/me/events";
const HOLD = "/concerts/reserve-seat";
const PAY = "/payment/pay";
const CHARGE = "/points/charge";

interface Buyer {
  readonly userId: number;
  readonly client: Client;
  readonly net: WatchedFetch;
}

/** The cases of the client against a running API, over HTTP. */
export function clientCases(open: OpenApiServer): void {
  describe("over HTTP", () => {
    let server: ApiServer;
    let concertId: number;
    const acknowledged = {
      reservationIds: [] as number[],
      paymentIds: [] as number[],
      chargedByUser: new Map<number, number>(),
    };

    afterEach("checks every invariant against the answers that the buyers received", async () => {
      try {
        const report = await checkInvariants(server.core(), { acknowledged, holdBoundMs: DAY_MS });
        const broken = report.results.filter(({ holds }) => !holds);
        expect(broken, JSON.stringify(broken)).to.deep.equal([]);
      } finally {
        await server.close();
        acknowledged.reservationIds.length = 0;
        acknowledged.paymentIds.length = 0;
        acknowledged.chargedByUser.clear();
      }
    });

    async function start(settings?: Readonly<Record<string, string>>): Promise<void> {
      server = await open(settings);
      const core = server.core();
      ({ id: concertId } = await createConcert(core, { title: "Rush", singer: "Locks" }));
      const seats = [1, 2, 3, 4].map((row) => ({ seatNo: `A-${row}`, section: "A", price: PRICE }));
      const startsAt = new Date(core.clock.nowMs() + DAY_MS);
      await createPerformance(core, { concertId, startsAt, venue: "Hall", seats });
    }

    async function newBuyer(): Promise<Buyer> {
      const net = watchedFetch();
      const issuer = createClient({ baseUrl: server.url });
      const { userId, accessToken } = await issuer.call("createUser", { body: { name: "Ada" } });
      const client = createClient({ baseUrl: server.url, accessToken, fetch: net.fetch });
      return { userId, client, net };
    }
    const promote = async (max: number) =>
      await promoteWaiting(server.core(), { queueId: "main", max });

    async function admitted({ client }: Buyer): Promise<Visit> {
      const visit = await client.joinQueue();
      await promote(1);
      await visit.poll();
      return visit;
    }
    async function freeSeats(visit: Visit): Promise<readonly number[]> {
      const [date] = (await visit.dates(concertId)).concerts;
      const { seats } = await visit.seats(date?.concertOptionId ?? 0);
      return seats.map(({ seatId }) => seatId);
    }
    async function hold(visit: Visit, seatCount = 1) {
      const held = await visit.hold((await freeSeats(visit)).slice(0, seatCount));
      acknowledged.reservationIds.push(held.reservationId);
      return held;
    }
    async function charge({ client, userId }: Buyer, amount: number) {
      const { currentPoints } = await client.chargePoints(amount);
      const before = acknowledged.chargedByUser.get(userId) ?? 0;
      acknowledged.chargedByUser.set(userId, before + amount);
      return currentPoints;
    }
    async function pay(visit: Visit, reservationId: number) {
      const paid = await visit.pay(reservationId);
      acknowledged.paymentIds.push(paid.paymentId);
      return paid;
    }

    it("waits over Server-Sent Events, holds, pays, refunds, cancels and leaves", async () => {
      await start();
      const ahead = await (await newBuyer()).client.joinQueue();
      const buyer = await newBuyer();
      const visit = await buyer.client.joinQueue();
      const positions: number[] = [];
      const admission = visit.admission({ onPlace: ({ position }) => positions.push(position) });
      await buyer.net.until(EVENTS, 200);
      await promote(1);
      expect(await ahead.poll()).to.include({ status: "ACTIVE" });
      await promote(1);
      expect(await admission).to.include({ status: "ACTIVE" });
      expect(positions.at(0)).to.equal(2);
      expect(positions.at(-1)).to.equal(0);
      expect(buyer.net.requests(POLL)).to.have.length(1);

      const held = await hold(visit);
      expect(held).to.include({ status: "PENDING", amount: PRICE });
      const unpaid = await visit.pay(held.reservationId).catch((error: unknown) => error);
      if (!isProblem(unpaid, "INSUFFICIENT_POINTS")) expect.fail(String(unpaid));
      const { required = 0, balance = 0 } = unpaid.problem;
      expect(await charge(buyer, required - balance)).to.equal(PRICE);
      const paid = await pay(visit, held.reservationId);
      expect(paid).to.include({ status: "CAPTURED", currentPoints: 0 });
      const refunded = await buyer.client.refund(paid.paymentId);
      expect(refunded).to.include({ status: "REFUNDED", currentPoints: PRICE });

      const again = await admitted(buyer);
      const second = await hold(again);
      const { expiresAt } = await buyer.client.extend(second.reservationId);
      expect(Date.parse(expiresAt)).to.be.at.least(Date.parse(second.expiresAt));
      const ids = second.seats.map(({ seatId }) => seatId);
      buyer.net.lose("/cancel-seats", 1);
      const ended = await buyer.client.cancelSeats(second.reservationId, ids);
      expect(ended).to.include({ status: "CANCELLED" });
      expect(await buyer.client.cancel(second.reservationId)).to.include({ status: "CANCELLED" });
      expect((await buyer.client.reservations()).reservations).to.have.length(2);
      await again.leave();
      const gone = await again.poll().catch((error: unknown) => error);
      expect(isProblem(gone, "QUEUE_TOKEN_EXPIRED"), String(gone)).to.equal(true);
    });

    it("follows its place, buys two seats, and gets the points back for the seats", async () => {
      await start();
      const buyer = await newBuyer();
      const visit = await buyer.client.joinQueue();
      const admission = visit.admission();
      await buyer.net.until(EVENTS, 200);
      await promote(1);
      await admission;
      const held = await hold(visit, 2);
      expect(held.seats.map(({ price }) => price)).to.deep.equal([PRICE, PRICE]);
      expect(held.amount).to.equal(2 * PRICE);
      await charge(buyer, 5 * PRICE);
      const paid = await pay(visit, held.reservationId);
      expect(paid).to.include({ price: 2 * PRICE, currentPoints: 3 * PRICE });
      expect(paid.seats).to.deep.equal(held.seats);
      const refunded = await buyer.client.refund(paid.paymentId);
      expect(refunded).to.include({ refunded: 2 * PRICE, currentPoints: 5 * PRICE });

      const { client, userId } = buyer;
      expect((await client.reservation(held.reservationId)).status).to.equal("REFUNDED");
      const balance = await client.call("currentPoints", { path: { userId } });
      expect(balance.currentPoints).to.equal(5 * PRICE);
      const { entries } = await client.call("pointHistory", {});
      expect(
        entries.map(({ kind, amount, balanceAfter }) => [kind, amount, balanceAfter]),
      ).to.deep.equal([
        ["REFUND", 2 * PRICE, 5 * PRICE],
        ["SPEND", 2 * PRICE, 3 * PRICE],
        ["CHARGE", 5 * PRICE, 5 * PRICE],
      ]);
      const again = await admitted(buyer);
      const second = await again.hold(held.seats.map(({ seatId }) => seatId));
      acknowledged.reservationIds.push(second.reservationId);
      expect(second.seats).to.deep.equal(held.seats);
    });

    it("gets the same results when answers are lost, because the keys are the same", async () => {
      await start();
      const buyer = await newBuyer();
      buyer.net.lose("/queue/tokens", 1);
      const visit = await admitted(buyer);
      for (const path of [HOLD, CHARGE, PAY]) buyer.net.lose(path, 2);
      const held = await hold(visit);
      expect(await charge(buyer, 3 * PRICE)).to.equal(3 * PRICE);
      const paid = await pay(visit, held.reservationId);
      expect(paid.currentPoints).to.equal(2 * PRICE);
      const refundPath = `/payments/${paid.paymentId}/refund`;
      buyer.net.lose(refundPath, 2);
      const refunded = await buyer.client.refund(paid.paymentId);
      expect(refunded).to.include({ refunded: PRICE, currentPoints: 3 * PRICE });
      for (const path of [HOLD, CHARGE, PAY, refundPath]) {
        const keys = buyer.net.requests(path).map((headers) => headers.get("idempotency-key"));
        expect(keys, path).to.have.length(3);
        expect(new Set(keys).size, path).to.equal(1);
      }
      const cancelled = await hold(await admitted(buyer));
      buyer.net.lose(`/reservations/${cancelled.reservationId}`, 1);
      const { status } = await buyer.client.cancel(cancelled.reservationId);
      expect(status).to.equal("CANCELLED");
    });

    it("goes on after the API was restarted: the wait, and a payment on its way", async () => {
      await start();
      const payer = await newBuyer();
      const visit = await admitted(payer);
      const held = await hold(visit);
      await charge(payer, PRICE);
      const waiter = await newBuyer();
      const wait = await waiter.client.joinQueue();
      const admission = wait.admission();
      await waiter.net.until(EVENTS, 200);

      await server.stop();
      const paying = pay(visit, held.reservationId);
      await payer.net.until(PAY, "failed");
      await server.start();
      expect(await paying).to.include({ status: "CAPTURED", currentPoints: 0 });
      await waiter.net.until(EVENTS, 200, 2);
      await promote(1);
      expect(await admission).to.include({ status: "ACTIVE" });
      const last = waiter.net.requests(EVENTS).at(-1);
      expect(last?.get("last-event-id")).to.match(/^\d+-\d+-1$/);
      acknowledged.reservationIds.push((await hold(wait)).reservationId);
    });

    it("polls and reads the shared status when the process has no stream left (503)", async () => {
      await start({ QUEUE_STREAMS_MAX: "1" });
      const [first, second] = [await newBuyer(), await newBuyer()];
      const stopping = new AbortController();
      const place = await first.client.joinQueue();
      const kept = place.admission({ signal: stopping.signal }).catch(() => {});
      await first.net.until(EVENTS, 200);
      const visit = await second.client.joinQueue();
      const admission = visit.admission();
      await second.net.until(EVENTS, 503);
      await second.net.until("/queues/main/status", 200);
      await promote(2);
      expect(await admission).to.include({ status: "ACTIVE" });
      expect(second.net.requests(EVENTS)).to.have.length(1);
      stopping.abort();
      await kept;
    });

    it("waits after 429 for as long as the API asks", async () => {
      await start({ RATE_LIMIT_USER_PER_SECOND: "2" });
      const { client, net } = await newBuyer();
      const path = "/users/me/reservations";
      const answers = await Promise.all([1, 2, 3, 4].map(() => client.reservations()));
      expect(answers.map(({ reservations }) => reservations.length)).to.deep.equal([0, 0, 0, 0]);
      await net.until(path, 429);
    });
  });
}
