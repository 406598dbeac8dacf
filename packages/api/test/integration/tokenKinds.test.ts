import { expect } from "chai";
import { createSigner } from "fast-jwt";
import { activeBuyer } from "../support/buyer.ts";
import type { Answer } from "../support/callApi.ts";
import { useTestApi } from "../support/testApi.ts";

describe("a token of another kind than the needed one", () => {
  const api = useTestApi();

  function expectKinds(answer: Answer, given: string, needed: string): void {
    expect([answer.status, answer.code], answer.text).to.deep.equal([401, "TOKEN_KIND_WRONG"]);
    expect(answer.body).to.include({ given: `${given} token`, needed: `${needed} token` });
    expect(answer.body.detail).to.include(`${given} token`).and.include(`${needed} token`);
    expect(answer.headers.get("www-authenticate")).to.equal("Bearer");
  }

  it("is named where a queue token is due", async () => {
    const { accessToken } = await activeBuyer(api());
    for (const [method, path, json] of [
      ["GET", "/api/v1/queue/tokens/me", undefined],
      ["DELETE", "/api/v1/queue/tokens/me", undefined],
      ["GET", "/api/v1/concerts/1/available-dates", undefined],
      ["POST", "/api/v1/concerts/reserve-seat", { seatId: 1 }],
      ["POST", "/api/v1/payment/pay", { reservationId: 1 }],
    ] as const) {
      const send = (token: string) => api().call(method, path, { token, json });
      expectKinds(await send(accessToken), "access", "queue");
      expectKinds(await send(api().adminToken()), "admin", "queue");
    }
  });

  it("is named where an access token is due", async () => {
    const charge = (token: string) =>
      api().call("PUT", "/api/v1/points/charge", { token, json: { amount: 1 } });
    expectKinds(await charge(api().adminToken()), "admin", "access");
    // A queue token of a key that the installation does not have any more.
    const sign = createSigner({ key: "x".repeat(32), algorithm: "HS256", aud: "onsale-queue" });
    expectKinds(await charge(sign({ queue: "main", user: 1 })), "queue", "access");
  });

  it("is named where an admin token is due", async () => {
    const { accessToken, queueToken } = await activeBuyer(api());
    const list = (token: string) => api().call("GET", "/api/v1/admin/queues", { token });
    expectKinds(await list(accessToken), "access", "admin");
    expectKinds(await list(queueToken), "queue", "admin");
  });

  it("keeps its own code when it is of the needed kind, or of none", async () => {
    const forged = createSigner({ key: "x".repeat(32), algorithm: "HS256" })({ sub: "1" });
    const history = await api().call("GET", "/api/v1/points/history", { token: forged });
    expect(history.code).to.equal("ACCESS_TOKEN_INVALID");
    for (const token of ["garbage", "a.b.c", "e30.e30.e30", "bnVsbA.bnVsbA.x"]) {
      const place = await api().call("GET", "/api/v1/queue/tokens/me", { token });
      expect(place.code, token).to.equal("QUEUE_TOKEN_INVALID");
    }
  });
});
