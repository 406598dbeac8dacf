import { createConcert, createPerformance, readConfig } from "@onsale/core";
import { expect } from "chai";
import { type RunningServer, startServer } from "../../../packages/api/src/index.ts";
import { DASHBOARD_ROWS } from "../dashboardPanels.ts";
import { readQuery } from "../promql.ts";

const DAY_MS = 24 * 60 * 60 * 1000;
const WAIT_MS_MAX = 15_000;
/**
 * Metrics that a sale without a failure does not write, or only after minutes: the hourly check of
 * the invariants, and a server with a pool of connections.
 */
const NOT_IN_A_SHORT_SALE = [
  "onsale_commit_outcomes_looked_up_total",
  "onsale_holds_expired_total",
  "onsale_invariant_violations",
  "onsale_loop_failures_total",
  "onsale_mysql_pool_in_use",
  "onsale_mysql_pool_max",
  "onsale_mysql_pool_waiting",
  "onsale_notifications_total",
  "onsale_outbox_failed_total",
  "onsale_transaction_restarts_total",
  "onsale_sales_drift_performances",
  "onsale_sales_drift_reservations",
  "onsale_trace_spans_lost_total",
];

describe("the metrics of the dashboard", function () {
  this.timeout(2 * WAIT_MS_MAX);
  let onsale: RunningServer;

  before(async () => {
    const settings = { STACK: "embedded", AUTH_MODE: "trusted", PORT: "0", LOG_LEVEL: "silent" };
    onsale = await startServer(readConfig(settings));
  });
  after(() => onsale.close());

  async function call(method: string, path: string, body?: object, token?: string) {
    const response = await fetch(`${onsale.url}${path}`, {
      method,
      headers: {
        "content-type": "application/json",
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
      },
      ...(body && { body: JSON.stringify(body) }),
    });
    return JSON.parse(await response.text()).data;
  }

  it("are in a real answer of /metrics after a short sale", async () => {
    const { id: concertId } = await createConcert(onsale.core, { title: "One", singer: "Two" });
    const { performanceId } = await createPerformance(onsale.core, {
      ...{ concertId, startsAt: new Date(Date.now() + DAY_MS), venue: "Hall" },
      seats: [{ seatNo: "A-1", section: "A", price: 1000 }],
    });
    await call("POST", "/queue/tokens", { userId: 7 });
    let place = { status: "WAITING", token: "" };
    const look = async () => {
      place = await call("GET", "/queue/tokens/status/7");
      return place.status === "ACTIVE";
    };
    await until(look);
    const { token } = place;
    const { seats } = await call(
      "GET",
      `/concerts/${performanceId}/available-seats`,
      undefined,
      token,
    );
    const body = { seatId: seats[0].seatId, userId: 7 };
    const { reservationId } = await call("POST", "/concerts/reserve-seat", body, token);
    // Requests that arrive together share a transaction.
    const charges = Array.from({ length: 20 }, (_, index) => ({ userId: 7 + index, amount: 5000 }));
    await Promise.all(charges.map((charge) => call("PUT", "/points/charge", charge)));
    await call("POST", "/payment/pay", { reservationId }, token);
    const wanted = DASHBOARD_ROWS.flatMap(({ panels }) => panels)
      .flatMap(({ queries }) =>
        queries.map(([query]) => query.replaceAll("$__rate_interval", "1m")),
      )
      .flatMap((query) => readQuery(query).metrics.map(({ metric }) => metric))
      .filter((metric) => !NOT_IN_A_SHORT_SALE.includes(metric));
    let missing: readonly string[] = wanted;
    await until(async () => {
      const text = await (await fetch(`${onsale.url}/metrics`)).text();
      missing = wanted.filter((metric) => !new RegExp(`^${metric}[ {]`, "m").test(text));
      return missing.length === 0;
    }).catch(() => undefined);
    expect(missing).to.deep.equal([]);
  });
});

/** Asks again until the answer is true. @throws Error after some seconds */
async function until(isTrue: () => Promise<boolean>): Promise<void> {
  const endMs = Date.now() + WAIT_MS_MAX;
  while (!(await isTrue())) {
    if (Date.now() > endMs) throw new Error("the time is over");
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
