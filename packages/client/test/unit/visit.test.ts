import { expect } from "chai";
import { createVisit } from "../../src/visit.ts";
import { fakeEnvironment, linkOn } from "../support/fakeEnvironment.ts";
import { fakeQueue } from "../support/fakeQueue.ts";

describe("a visit", () => {
  it("sends the ETag of the last poll, and takes an unchanged place from a 304", async () => {
    const environment = fakeEnvironment();
    const queue = fakeQueue(environment, 5);
    const headers = { etag: 'W/"a"' };
    let unchanged = 0;
    queue.pollRefusal = ({ headers: sent }) => {
      if (sent.get("if-none-match") !== headers.etag) {
        return Response.json({ data: queue.place }, { headers });
      }
      unchanged += 1;
      return new Response(null, { status: 304, headers });
    };
    const visit = createVisit(linkOn(environment), { queueId: "main", token: "kept" });
    for (let poll = 0; poll < 3; poll += 1) {
      expect(await visit.poll()).to.include({ position: 5, token: "token-5" });
    }
    expect(unchanged).to.equal(2);
  });
});
