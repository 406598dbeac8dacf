import { AcknowledgedLog } from "../../src/actors/acknowledgedLog.ts";
import { type BuyerPlan, planClients } from "../../src/actors/buyerPlan.ts";
import type { ClientEnvironment, Clock } from "../../src/actors/clientEnvironment.ts";
import type { Transport, TransportAnswer, TransportRequest } from "../../src/actors/transport.ts";
import { randomStreams } from "../../src/chance/seededRandom.ts";
import { zipf } from "../../src/chance/zipf.ts";
import { Recorder } from "../../src/measure/recorder.ts";

/** A clock whose sleeps take no time and are recorded. */
export function instantClock(): Clock & { readonly slept: number[] } {
  let nowMs = 1_000_000;
  const slept: number[] = [];
  return {
    slept,
    nowMs: () => nowMs,
    monotonicMs: () => nowMs,
    async sleep(ms) {
      slept.push(ms);
      nowMs += ms;
    },
  };
}

/** Answers by "METHOD path" with ids taken out; the last answer of a list repeats. */
export type Script = Readonly<Record<string, readonly TransportAnswer[]>>;

export interface ScriptedTransport extends Transport {
  readonly sent: (TransportRequest & { readonly target: number })[];
}

/** A transport that answers by a script and records the requests. */
export function scriptedTransport(script: Script): ScriptedTransport {
  const sent: (TransportRequest & { target: number })[] = [];
  const asked = new Map<string, number>();
  return {
    sent,
    async send(target, request) {
      sent.push({ ...request, target });
      const route = `${request.method} ${request.path.replaceAll(/\/\d+/g, "/:id")}`;
      const answers = script[route];
      if (answers === undefined) throw new Error(`The script has no answer for ${route}`);
      const index = asked.get(route) ?? 0;
      asked.set(route, index + 1);
      const answer = answers[Math.min(index, answers.length - 1)];
      if (answer === undefined) throw new Error(`No answer is scripted for ${route}`);
      return answer;
    },
    async close() {},
  };
}

/** A success with this `data`. */
export function accepted(data: unknown): TransportAnswer {
  return { kind: "accepted", status: 200, data };
}

/** A problem with this code. */
export function refused(status: number, code: string, more: object = {}): TransportAnswer {
  return { kind: "refused", status, body: { code, ...more }, retryAfterMs: undefined };
}

/** A failure of the network or the server. */
export function failed(failure: string, retryAfterMs?: number): TransportAnswer {
  return { kind: "failed", failure, status: undefined, retryAfterMs };
}

export interface FakeRush extends ClientEnvironment {
  readonly clock: ReturnType<typeof instantClock>;
  readonly transport: ScriptedTransport;
}

/** An environment of one sale with ten seats of ids 1 to 10. */
export function fakeRush(script: Script, signal = new AbortController().signal): FakeRush {
  const clock = instantClock();
  return {
    clock,
    transport: scriptedTransport(script),
    recorder: new Recorder(),
    acknowledged: new AcknowledgedLog(),
    sale: {
      queueId: "rush",
      concertId: 7,
      rankOf: (seatId) => seatId - 1,
      popularity: zipf(10, 1),
      activeTtlMs: 30_000,
    },
    tokenFor: (userId) => `access-${userId}`,
    thinkMs: 100,
    runId: "run",
    opensAtMonotonicMs: clock.monotonicMs(),
    opensAtMs: clock.nowMs(),
    signal,
  };
}

/** A buyer of two seats without any special trait, changed by `traits`. */
export function plainBuyer(traits: Partial<BuyerPlan> = {}): BuyerPlan {
  const [plan] = planClients({
    streams: randomStreams(1),
    buyers: 1,
    firstUserId: 501,
    arrival: "burst",
    durationMs: 0,
    partySizes: new Map([[2, 1]]),
    abandonShare: 0,
    retryShare: 0,
    chargeShare: 1,
    patienceMs: 0,
  });
  if (plan === undefined) throw new Error("One client has one plan");
  return { ...plan, ...traits };
}

const ADMITTED_AT_MS = 1_000_250;
const waiting = {
  token: "queue-1",
  status: "WAITING",
  position: 3,
  etaSeconds: 2,
  generation: 9,
  admittedCount: 40,
  pollAfterMs: 400,
};
const active = {
  token: "queue-2",
  status: "ACTIVE",
  position: 0,
  expiresAt: new Date(ADMITTED_AT_MS + 30_000).toISOString(),
  pollAfterMs: 1000,
};
const seat = (seatId: number) => ({ seatId, price: 9000 });

/** A server where everything goes well: one poll, two seats, a charge, a payment. */
export const smoothSale = {
  "POST /queue/tokens": [accepted(waiting)],
  "GET /queue/tokens/me": [accepted(waiting), accepted(active)],
  "GET /concerts/:id/available-dates": [accepted({ concerts: [{ concertOptionId: 70 }] })],
  "GET /concerts/:id/available-seats": [accepted({ seats: [1, 2, 3, 4].map(seat) })],
  "POST /concerts/reserve-seat": [
    accepted({ reservationId: 900, seats: [seat(1), seat(2)], amount: 18_000 }),
  ],
  "PUT /points/charge": [accepted({ currentPoints: 20_000 })],
  "POST /payment/pay": [
    accepted({ paymentId: 800, reservationId: 900, price: 18_000, currentPoints: 2000 }),
  ],
  "GET /reservations/:id": [accepted({ status: "CONFIRMED" })],
  "DELETE /reservations/:id": [accepted(undefined)],
  "DELETE /queue/tokens/me": [accepted(undefined)],
} satisfies Script;
