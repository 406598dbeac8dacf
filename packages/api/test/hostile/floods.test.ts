import { expect } from "chai";
import { freshUserId } from "../support/buyer.ts";
import type { Answer } from "../support/callApi.ts";
import { medianOf } from "../support/medianOf.ts";
import { useTestApi } from "../support/testApi.ts";

/**
 * The median answer to honest requests during a flood. The test sends the flood itself, from the
 * process that serves it.
 */
const HONEST_MS_MAX = 1_000;
const PER_SECOND = 50;

describe("attack: floods", () => {
  const api = useTestApi({ RATE_LIMIT_USER_PER_SECOND: String(PER_SECOND) });

  const charge = (token: string, json: object): Promise<Answer> =>
    api().call("PUT", "/api/v1/points/charge", { token, json });

  /** Requests of an honest user while the flood lasts. @returns the median answer in ms */
  async function honestDuring(flood: Promise<unknown>): Promise<number> {
    let isOver = false;
    void flood.finally(() => {
      isOver = true;
    });
    const tookMs: number[] = [];
    do {
      const token = api().accessToken(freshUserId());
      const startedMs = performance.now();
      expect((await charge(token, { amount: 1 })).status).to.equal(200);
      tookMs.push(performance.now() - startedMs);
    } while (!isOver);
    return medianOf(tookMs);
  }

  /** Sends requests from some clients at the same time. @returns how often each status came */
  async function flood(
    count: number,
    send: (at: number) => Promise<Answer>,
  ): Promise<ReadonlyMap<number, number>> {
    const statuses = new Map<number, number>();
    let sent = 0;
    const client = async (): Promise<void> => {
      for (; sent < count; ) {
        sent += 1;
        const { status } = await send(sent);
        statuses.set(status, (statuses.get(status) ?? 0) + 1);
      }
    };
    await Promise.all(Array.from({ length: 20 }, client));
    return statuses;
  }

  it("of invalid requests use up the allowance of their user", async () => {
    const token = api().accessToken(freshUserId());
    const startedMs = performance.now();
    const flooding = flood(1_200, () => charge(token, { amount: -1 }));
    expect(await honestDuring(flooding)).to.be.below(HONEST_MS_MAX);
    const seconds = Math.ceil((performance.now() - startedMs) / 1000) + 1;
    const statuses = await flooding;
    expect(new Set(statuses.keys())).to.deep.equal(new Set([400, 429]));
    // Each process counts a share of the allowance alone.
    expect(statuses.get(400)).to.be.at.most(2 * PER_SECOND * seconds);
  });

  it("of requests without a token do not delay others", async () => {
    const flooding = flood(1_200, () => api().call("GET", "/api/v1/points/history"));
    expect(await honestDuring(flooding)).to.be.below(HONEST_MS_MAX);
    expect([...(await flooding).keys()]).to.deep.equal([401]);
  });

  it("of the metrics make their text once a second", async () => {
    const texts = new Set<string>();
    const startedMs = performance.now();
    const flooding = flood(500, async () => {
      const answer = await api().call("GET", "/metrics");
      texts.add(answer.text);
      return answer;
    });
    expect(await honestDuring(flooding)).to.be.below(HONEST_MS_MAX);
    const seconds = Math.ceil((performance.now() - startedMs) / 1000) + 1;
    expect([...(await flooding).keys()]).to.deep.equal([200]);
    expect(texts.size).to.be.at.most(seconds);
  });

  it("of unknown paths and methods do not delay others, and leave no label behind", async () => {
    const flooding = flood(1_000, (at) => {
      const method = at % 2 === 0 ? "GET" : "PATCH";
      return api().call(method, `/api/v1/${at % 3 === 0 ? "METRICS" : `x${at}`}`);
    });
    expect(await honestDuring(flooding)).to.be.below(HONEST_MS_MAX);
    expect([...(await flooding).keys()]).to.deep.equal([404]);
    const { text } = await api().call("GET", "/metrics");
    expect(text).to.not.match(/route="[^"]*x\d+/);
  });
});
