import { expect } from "chai";
import { freshUserId } from "../support/buyer.ts";
import { useTestApi } from "../support/testApi.ts";

/** Larger than any problem of the API, and far smaller than the bodies of the attack. */
const ANSWER_BYTES_MAX = 4_096;

const keys = (count: number): object =>
  Object.fromEntries(Array.from({ length: count }, (_unused, at) => [`k${at}`, 0]));

describe("attack: bodies and targets that cost more to refuse than to send", () => {
  const api = useTestApi({ RATE_LIMIT_USER_PER_SECOND: "100000" });
  let token: string;
  before("signs in", () => {
    token = api().accessToken(freshUserId());
  });

  const bodies: Readonly<Record<string, string>> = {
    "7,000 unknown fields": JSON.stringify({ ...keys(6_000), amount: 1 }),
    "a field 5,000 times": `{${'"amount":1,'.repeat(5_000)}"amount":1}`,
    "60,000 brackets": "[".repeat(60_000),
    "60,000 nested arrays": `${"[".repeat(30_000)}${"]".repeat(30_000)}`,
    "20 nested objects": `${'{"a":'.repeat(20)}1${"}".repeat(20)}`,
    "an infinite number": '{"amount":1e999}',
    "a long number": `{"amount":${"9".repeat(60_000)}}`,
    "a prototype": '{"__proto__":{"amount":1},"amount":1}',
    "a constructor": '{"constructor":{"prototype":{"amount":1}},"amount":1}',
    "a field with a name of 60,000 characters": JSON.stringify({ ["k".repeat(60_000)]: 0 }),
    "fields with names of 3,000 emojis": JSON.stringify(
      Object.fromEntries(
        Array.from({ length: 5 }, (_unused, at) => [`${at}${"😀".repeat(3_000)}`, 0]),
      ),
    ),
    "a text of 60,000 escapes": `{"amount":"${"\\u0000".repeat(10_000)}"}`,
  };
  for (const [name, raw] of Object.entries(bodies)) {
    it(`is refused in a few lines: ${name}`, async () => {
      const path = "/api/v1/points/charge";
      const startedMs = performance.now();
      const answer = await api().call("PUT", path, { token, raw });
      expect(answer.status, answer.text.slice(0, 200)).to.equal(400);
      expect(Buffer.byteLength(answer.text)).to.be.below(ANSWER_BYTES_MAX);
      expect(performance.now() - startedMs).to.be.below(1_000);
    });
  }

  it("lists 20 of the wrong fields, and says how many there are", async () => {
    const json = { ...keys(500), amount: 0 };
    const answer = await api().call("PUT", "/api/v1/points/charge", { token, json });
    expect(answer.body.errors).to.have.length(20);
    expect(answer.body.errorCount).to.equal(501);
  });

  it("is refused in a few lines: 1,000 unknown parameters", async () => {
    const query = Array.from({ length: 1_000 }, (_unused, at) => `p${at}=1`).join("&");
    const answer = await api().call("GET", `/api/v1/concerts?${query}`);
    expect(answer.status).to.equal(400);
    expect(Buffer.byteLength(answer.text)).to.be.below(ANSWER_BYTES_MAX);
  });

  it("is refused in a few lines: a Content-Type and an encoding of 12,000 characters", async () => {
    for (const name of ["content-type", "content-encoding"]) {
      const headers = { "content-type": "application/json", [name]: `x/${"y".repeat(12_000)}` };
      const answer = await api().call("PUT", "/api/v1/points/charge", {
        token,
        headers,
        raw: "{}",
      });
      expect(answer.status, answer.text.slice(0, 200)).to.equal(415);
      expect(Buffer.byteLength(answer.text)).to.be.below(ANSWER_BYTES_MAX);
    }
  });

  it("is refused in a few lines: a path of 10,000 characters", async () => {
    for (const segment of ["x".repeat(10_000), "%2e".repeat(3_000), "1".repeat(10_000)]) {
      const answer = await api().call("GET", `/api/v1/concerts/${segment}/available-dates`);
      expect(answer.status, segment.slice(0, 6)).to.be.within(400, 499);
      expect(Buffer.byteLength(answer.text)).to.be.below(ANSWER_BYTES_MAX);
    }
  });

  it("is refused when a body has more than 64 KiB", async () => {
    const raw = JSON.stringify({ amount: 1, filler: "x".repeat(66_000) });
    const answer = await api().call("PUT", "/api/v1/points/charge", { token, raw });
    expect([answer.status, answer.code]).to.deep.equal([413, "BODY_TOO_LARGE"]);
  });
});
