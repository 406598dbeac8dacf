import { expect } from "chai";
import { type Answer, type CallOptions, callApi, numberIn, textIn } from "./callApi.ts";
import { eventually } from "./eventually.ts";

/** A buyer of a server that issues access tokens itself and promotes buyers. */
export interface AdmittedBuyer {
  readonly userId: number;
  readonly tokens: readonly string[];
  /** Holds one seat. @returns the reservation's id */
  hold(seatId: number, headers?: CallOptions["headers"]): Promise<number>;
  tryHold(seatId: number, headers?: CallOptions["headers"]): Promise<Answer>;
  pay(reservationId: number, headers?: CallOptions["headers"]): Promise<Answer>;
}

/** Creates a user with points, and waits until the user is admitted. */
export async function admittedBuyer(url: string, points: number): Promise<AdmittedBuyer> {
  const created = await callApi(url, "POST", "/api/v1/users", { json: { name: "Ada" } });
  const accessToken = textIn(created.data, "accessToken");
  const charge = { token: accessToken, json: { amount: points } };
  expect((await callApi(url, "PUT", "/api/v1/points/charge", charge)).status).to.equal(200);
  const place = { token: accessToken, json: {} };
  const joined = await callApi(url, "POST", "/api/v1/queue/tokens", place);
  const token = textIn(joined.data, "token");
  await eventually("an admission", async () => {
    const status = await callApi(url, "GET", "/api/v1/queue/tokens/me", { token });
    return status.data.status === "ACTIVE" || undefined;
  });
  const tryHold: AdmittedBuyer["tryHold"] = (seatId, headers = {}) =>
    callApi(url, "POST", "/api/v1/concerts/reserve-seat", { token, json: { seatId }, headers });
  return {
    userId: numberIn(created.data, "userId"),
    tokens: [accessToken, token],
    tryHold,
    async hold(seatId, headers) {
      const answer = await tryHold(seatId, headers);
      expect(answer.status, answer.text).to.equal(200);
      return numberIn(answer.data, "reservationId");
    },
    async pay(reservationId, headers = {}) {
      const paid = { token, json: { reservationId }, headers };
      const answer = await callApi(url, "POST", "/api/v1/payment/pay", paid);
      expect(answer.status, answer.text).to.equal(200);
      return answer;
    },
  };
}
