import {
  type Acknowledgements,
  checkInvariants,
  type InvariantReport,
  migrateDatabase,
  type OpenedCore,
  openCore,
} from "@onsale/core";
import { type ServerName, type Stack, stackUp, TEST_STACK_PREFIX } from "@onsale/devstack";
import { type RunningServer, startServer } from "../../src/startServer.ts";
import { eventually } from "../support/eventually.ts";
import { configOf, openSale } from "./faultFixture.ts";

export interface Answer {
  readonly call: string;
  readonly status: number;
  readonly code: string;
  readonly ms: number;
  readonly retryAfter: string | undefined;
  readonly data: Readonly<Record<string, unknown>>;
}

export interface ReadyBuyer {
  readonly userId: number;
  /** A renewed queue token, which contains the end of the admission. */
  readonly token: string;
  readonly reservationToPay: number;
}

const SEATS = 3_000;
const CROWD = 6;
const PRICE = 10;
/** Statuses that a client may get during a fault; 500 and a broken connection are not allowed. */
const DECENT = new Set([200, 201, 204, 403, 409, 410, 503]);

/** An API, a worker and clients, on private servers that the test may stop or slow down. */
export class ClientsUnderFault {
  #stack: Stack | undefined;
  #servers: RunningServer[] = [];
  #opened: OpenedCore | undefined;
  #seatIds: number[] = [];
  #nextUser = 1_000;
  #stopping = false;
  #walkers: Promise<void>[] = [];
  #bad: Answer[] = [];
  #slowestMs = 0;
  readonly #charged = new Map<number, number>();
  readonly #reservations: number[] = [];
  readonly #payments: number[] = [];

  async start(): Promise<void> {
    const { PATH = "", HOME = "", KAFKA_HOME = "" } = process.env;
    // Ignores the URLs in environment variables, because those servers must not be stopped.
    this.#stack = await stackUp({
      name: `${TEST_STACK_PREFIX}faults-${process.pid}`,
      env: { PATH, HOME, ...(KAFKA_HOME === "" ? {} : { KAFKA_HOME }) },
    });
    const config = configOf(this.#stack);
    await migrateDatabase(config);
    this.#opened = await openCore(config, { role: "api" });
    this.#seatIds = await openSale(this.#opened.core, { seats: SEATS, price: PRICE });
    this.#servers = [
      await startServer(config, { role: "api" }),
      await startServer(config, { role: "worker" }),
    ];
    this.#walkers = Array.from({ length: CROWD }, () => this.#walk());
  }

  #core(): OpenedCore {
    if (!this.#opened) throw new Error("The clients have not started");
    return this.#opened;
  }

  async call(
    name: string,
    method: string,
    path: string,
    options: { body?: unknown; token?: string; userId?: number; key?: string } = {},
  ): Promise<Answer> {
    const startedMs = performance.now();
    const { body, token, userId, key } = options;
    const response = await fetch(`${this.#servers[0]?.url}/api/v1${path}`, {
      method,
      headers: {
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(userId === undefined ? {} : { "x-user-id": String(userId) }),
        ...(key === undefined ? {} : { "idempotency-key": key }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const parsed: { data?: Record<string, unknown>; code?: string } = JSON.parse(
      (await response.text()) || "{}",
    );
    const answer = {
      call: name,
      status: response.status,
      code: parsed.code ?? "",
      ms: Math.round(performance.now() - startedMs),
      retryAfter: response.headers.get("retry-after") ?? undefined,
      data: parsed.data ?? {},
    };
    this.#slowestMs = Math.max(this.#slowestMs, answer.ms);
    if (!DECENT.has(answer.status)) this.#bad.push(answer);
    return answer;
  }

  /** A buyer that repeatedly charges points and, when admitted, holds and pays a seat. */
  async #walk(): Promise<void> {
    while (!this.#stopping) {
      const userId = this.#newUser();
      const charged = await this.#charge(userId, PRICE);
      const token = await this.#token(userId, 3);
      // Without the points, the payment would be refused as INSUFFICIENT_POINTS.
      if (charged.status === 200 && token !== undefined) await this.#buy(userId, token);
    }
  }

  async #charge(userId: number, amount: number): Promise<Answer> {
    const key = `charge-${userId}`;
    const answer = await this.call("charge", "PUT", "/points/charge", {
      body: { userId, amount },
      userId,
      key,
    });
    if (answer.status === 200) this.#charged.set(userId, (this.#charged.get(userId) ?? 0) + amount);
    return answer;
  }

  async #token(userId: number, polls: number): Promise<string | undefined> {
    const joined = await this.call("join", "POST", "/queue/tokens", { body: { userId }, userId });
    if (joined.status !== 200) return undefined;
    // After Redis lost the queue, only the token restores the place; the user id does not.
    const token = String(joined.data.token);
    for (let poll = 0; poll < polls && !this.#stopping; poll += 1) {
      const { status, data } = await this.call("status", "GET", `/queue/tokens/status/${userId}`, {
        token,
      });
      if (status === 200 && data.status === "ACTIVE") return String(data.token);
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    return undefined;
  }

  async #buy(userId: number, token: string): Promise<void> {
    const reserved = await this.#reserve(userId, token);
    if (reserved.status !== 200) return;
    const reservationId = Number(reserved.data.reservationId);
    const paid = await this.#pay(userId, token, reservationId);
    if (paid.status === 200) this.#payments.push(Number(paid.data.paymentId));
  }

  async #reserve(userId: number, token: string): Promise<Answer> {
    const answer = await this.call("reserve", "POST", "/concerts/reserve-seat", {
      body: { seatId: this.#seatIds.pop() },
      token,
      userId,
      key: `reserve-${userId}-${this.#seatIds.length}`,
    });
    if (answer.status === 200) this.#reservations.push(Number(answer.data.reservationId));
    return answer;
  }

  #pay(userId: number, token: string, reservationId: number): Promise<Answer> {
    return this.call("pay", "POST", "/payment/pay", {
      body: { reservationId },
      token,
      userId,
      key: `pay-${reservationId}`,
    });
  }

  #newUser(): number {
    this.#nextUser += 1;
    return this.#nextUser;
  }

  /** A buyer with an admission, points, and a hold to pay. */
  async readyBuyer(): Promise<ReadyBuyer> {
    const userId = this.#newUser();
    await this.#charge(userId, 100 * PRICE);
    const token = await eventually("a buyer is admitted", () => this.#token(userId, 1));
    const { status, data } = await this.#reserve(userId, token);
    if (status !== 200) throw new Error(`the buyer's hold was answered ${status}`);
    return { userId, token, reservationToPay: Number(data.reservationId) };
  }

  async inject(server: ServerName, fault: "kill" | "pause"): Promise<void> {
    this.#slowestMs = 0;
    await this.#stack?.fault(server, fault);
  }

  async endFault(server: ServerName, fault: "kill" | "pause"): Promise<void> {
    await this.#stack?.fault(server, fault === "kill" ? "restart" : "resume");
  }

  /** Waits until the process that needs the server has noticed the fault. */
  async seenDown(server: ServerName): Promise<void> {
    await eventually(`${server} is reported as down`, async () => {
      const url = this.#servers[server === "kafka" ? 1 : 0]?.url;
      const response = await fetch(`${url}/health/ready`);
      await response.text();
      return response.status === 503 ? true : undefined;
    });
  }

  async tryEverything({ userId, token, reservationToPay }: ReadyBuyer): Promise<Answer[]> {
    const stranger = this.#newUser();
    return [
      await this.call("join", "POST", "/queue/tokens", { body: { userId: stranger } }),
      await this.call("status", "GET", `/queue/tokens/status/${userId}`, { token }),
      await this.#reserve(userId, token),
      await this.#charge(this.#newUser(), PRICE),
      await this.call("points", "GET", `/points/current/${userId}`, { userId }),
      await this.#pay(userId, token, reservationToPay),
    ];
  }

  /** Waits until a whole purchase succeeds again, without a restart of the processes. */
  async recovered(): Promise<void> {
    await eventually("every call succeeds again", async () => {
      const userId = this.#newUser();
      if ((await this.#charge(userId, PRICE)).status !== 200) return undefined;
      const token = await this.#token(userId, 3);
      if (token === undefined) return undefined;
      const before = this.#payments.length;
      await this.#buy(userId, token);
      return this.#payments.length > before ? true : undefined;
    });
    const { core } = this.#core();
    await eventually("all messages are published", async () => {
      const { oldestPendingAgeMs } = await core.outbox.counts(null);
      return oldestPendingAgeMs < 5_000 ? true : undefined;
    });
  }

  badAnswers(): readonly Answer[] {
    return this.#bad;
  }

  slowestMs(): number {
    return this.#slowestMs;
  }

  acknowledgedCount(): number {
    return this.#charged.size + this.#reservations.length + this.#payments.length;
  }

  /** Stops the clients, waits until no work is pending, and checks every invariant. */
  async checkInvariants(): Promise<InvariantReport> {
    await this.#sendHome();
    const { core } = this.#core();
    await eventually("all messages are published and applied", async () => {
      const { pending } = await core.outbox.counts(null);
      if (pending > 0) return undefined;
      const report = await checkInvariants(core, { drained: true });
      return report.results.every(({ id, holds }) => id !== "I5" || holds) ? true : undefined;
    });
    const acknowledged: Acknowledgements = {
      reservationIds: this.#reservations,
      paymentIds: this.#payments,
      chargedByUser: this.#charged,
    };
    return checkInvariants(core, { drained: true, acknowledged });
  }

  async #sendHome(): Promise<void> {
    this.#stopping = true;
    await Promise.all(this.#walkers);
  }

  async stop(): Promise<void> {
    await this.#sendHome();
    await Promise.all(this.#servers.map((server) => server.close()));
    await this.#opened?.close();
    await this.#stack?.down();
  }
}
