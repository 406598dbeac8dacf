import { expect } from "chai";
import { activeBuyer } from "../support/buyer.ts";
import { textIn } from "../support/callApi.ts";
import { makeSale } from "../support/sale.ts";
import { useTestApi } from "../support/testApi.ts";

describe("a token of another waiting room", () => {
  const api = useTestApi();

  it("is refused with the queue to join, and that queue admits to the concert", async () => {
    const { concertId, performanceId, seatIds } = await makeSale(api().core, 1, "vip");
    const token = (await activeBuyer(api())).queueToken;
    const hold = { token, json: { seatIds } };
    const answers = [
      await api().call("GET", `/api/v1/concerts/${concertId}/available-dates`, { token }),
      await api().call("GET", `/api/v1/concerts/${performanceId}/available-seats`, { token }),
      await api().call("POST", "/api/v1/concerts/reserve-seat", hold),
    ];
    for (const { status, code, body } of answers) {
      expect([status, code]).to.deep.equal([403, "QUEUE_TOKEN_WRONG_QUEUE"]);
      expect(body.queueId).to.equal("vip");
      expect(body.detail).to.include('"vip"').and.include("POST /queue/tokens");
    }
    const right = await activeBuyer(api(), textIn(answers[0]?.body ?? {}, "queueId"));
    const dates = `/api/v1/concerts/${concertId}/available-dates`;
    const found = await api().call("GET", dates, { token: right.queueToken });
    expect(found.status, found.text).to.equal(200);
    expect(found.text).to.include('"queueId":"vip"');
  });
});
