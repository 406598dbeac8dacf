import assert from "node:assert/strict";
import { type RunningServer, startServer } from "@onsale/api";
import { createConcert, createPerformance, readConfig } from "@onsale/core";

const TOMORROW = new Date(Date.now() + 24 * 60 * 60 * 1000);

describe("a client of Onsale", () => {
  let onsale: RunningServer;

  before("starts the whole product in this process", async () => {
    onsale = await startServer(readConfig({ STACK: "embedded", PORT: "0", LOG_LEVEL: "silent" }));
  });
  after(() => onsale.close());

  async function call(method: string, path: string, token = "", body?: object) {
    const response = await fetch(`${onsale.url}/api/v1${path}`, {
      method,
      headers: { "content-type": "application/json", authorization: `Bearer ${token}` },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const { data, code } = JSON.parse(await response.text());
    return { status: response.status, data, code };
  }

  it("buys the last seat, or gets 409 when another buyer holds it", async () => {
    // No endpoint creates concerts, so the test calls the workflow on the server's core.
    const { id: concertId } = await createConcert(onsale.core, { title: "Rush", singer: "Locks" });
    await createPerformance(onsale.core, {
      concertId,
      startsAt: TOMORROW,
      venue: "Hall",
      seats: [{ seatNo: "A-1", section: "A", price: 1000 }],
    });

    const buyers = [];
    for (const name of ["Ada", "Grace"]) {
      const { data: user } = await call("POST", "/users", "", { name });
      const { data: place } = await call("POST", "/queue/tokens", user.accessToken, {});
      buyers.push({ access: user.accessToken, queue: place.token });
    }
    const [ada, grace] = buyers;
    assert(ada && grace);
    for (const { queue } of buyers) {
      for (;;) {
        const { data } = await call("GET", "/queue/tokens/me", queue);
        if (data.status === "ACTIVE") break;
        await new Promise((resolve) => setTimeout(resolve, data.pollAfterMs));
      }
    }

    const { data: dates } = await call("GET", `/concerts/${concertId}/available-dates`, ada.queue);
    const [{ concertOptionId }] = dates.concerts;
    const seatsPath = `/concerts/${concertOptionId}/available-seats`;
    const { data: free } = await call("GET", seatsPath, ada.queue);
    const [{ seatId }] = free.seats;

    const held = await call("POST", "/concerts/reserve-seat", ada.queue, { seatId });
    assert.equal(held.data.status, "PENDING");
    const tooLate = await call("POST", "/concerts/reserve-seat", grace.queue, { seatId });
    assert.deepEqual([tooLate.status, tooLate.code], [409, "SEAT_ALREADY_HELD"]);

    await call("PUT", "/points/charge", ada.access, { amount: 1500 });
    const { reservationId } = held.data;
    const paid = await call("POST", "/payment/pay", ada.queue, { reservationId });
    assert.deepEqual([paid.status, paid.data.currentPoints], [200, 500]);
  });
});
