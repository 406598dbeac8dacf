import { expect } from "chai";
import fc from "fast-check";
import { API_PREFIX, ENDPOINTS } from "../../src/routes/endpoints.ts";
import { activeBuyer, type Buyer } from "../support/buyer.ts";
import { useTestApi } from "../support/testApi.ts";

/** Enough to call every endpoint a few dozen times, in a few seconds. */
const REQUESTS = 600;

const FIELDS = ["userId", "seatId", "seatIds", "reservationId", "amount", "queueId", "name"];
const QUERY = ["limit", "cursor", "startDate", "endDate", "queueId", "singer", "concertName"];

const number = fc.oneof(fc.integer(), fc.double(), fc.maxSafeInteger(), fc.constant(2 ** 53));
const value = fc.oneof(number, fc.string(), fc.array(number, { maxLength: 25 }), fc.jsonValue());
const body = fc.oneof(
  fc.dictionary(fc.constantFrom(...FIELDS), value).map((fields) => JSON.stringify(fields)),
  fc.json(),
  fc.string(),
);
const query = fc
  .dictionary(fc.constantFrom(...QUERY), fc.string({ unit: "binary" }), { maxKeys: 3 })
  .map((fields) => String(new URLSearchParams(fields)));
const id = fc.oneof(number.map(String), fc.string({ unit: "binary" }), fc.constant("1"));
const rawId = fc.constantFrom("%", "%E0%A4%A", "%2e%2e", "..%2f1", "1%0d%0a", "%00", "a/b");
const pathId = fc.oneof(id.map(encodeURIComponent), rawId);
const header = fc.stringMatching(/^[\x21-\x7e]([\x20-\x7e]{0,60}[\x21-\x7e])?$/);

const anyRequest = fc.record({
  // A buyer who left the queue has no admission for the requests that follow.
  endpoint: fc.constantFrom(...ENDPOINTS.filter((one) => one.operationId !== "leaveQueue")),
  pathId,
  query,
  body,
  key: header,
  credential: fc.constantFrom("accessToken", "queueToken", "adminToken", "none"),
});

describe("random input", () => {
  const api = useTestApi({ RATE_LIMIT_USER_PER_SECOND: "1000000" });
  let buyer: Buyer;

  before("admits a buyer", async () => {
    buyer = await activeBuyer(api());
  });

  it("never gets 500, and always gets a body in the documented form", async () => {
    const property = fc.asyncProperty(anyRequest, async (one) => {
      const { endpoint, credential } = one;
      const path = API_PREFIX + endpoint.path.replace(/\{\w+\}/, one.pathId);
      const answer = await api().call(endpoint.method.toUpperCase(), `${path}?${one.query}`, {
        ...(endpoint.method === "get" ? {} : { raw: one.body }),
        token: { ...buyer, adminToken: api().adminToken(), none: undefined }[credential],
        headers: { "idempotency-key": one.key },
      });
      expect(answer.status, answer.text).to.not.equal(500);
      if (answer.status >= 400) expect(answer.code).to.match(/^[A-Z_]+$/);
      expect(answer.headers.get("x-request-id")).to.be.a("string");
    });
    await fc.assert(property, { numRuns: REQUESTS });
  });
});
