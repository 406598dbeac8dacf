import { Pool } from "undici";
import { z } from "zod";
import type { BenchStage } from "./benchStage.ts";
import type { Attempt } from "./keepInFlight.ts";

/** Sends holds over HTTP, distributed evenly over the API processes. */
export interface HttpLoop {
  /** @param seatIds one seat for each attempt; no other loop uses these seats */
  holdsOf(seatIds: readonly number[]): Attempt;
  close(): Promise<void>;
}

const PATH = "/api/v1/concerts/reserve-seat";
/** HTTP statuses that count as a refusal: another buyer was faster, or the API sheds load. */
const REFUSALS = new Set([409, 429, 503]);

const problemSchema = z.object({ code: z.string() });

function codeOf(problem: string): string {
  return problemSchema.parse(JSON.parse(problem)).code;
}

/** Opens as many connections as there are holds in flight. */
export function openHttpLoop(
  baseUrls: readonly string[],
  stage: BenchStage,
  inFlight: number,
): HttpLoop {
  const connections = Math.ceil(inFlight / baseUrls.length);
  const pools = baseUrls.map((url) => new Pool(url, { connections, pipelining: 1 }));
  return {
    holdsOf: (seatIds) => async (index) => {
      const pool = pools[index % pools.length];
      const buyer = stage.buyers[index % stage.buyers.length];
      if (pool === undefined || buyer === undefined) throw new Error("No API process or no buyer");
      const answer = await pool.request({
        path: PATH,
        method: "POST",
        headers: { "content-type": "application/json", authorization: `Bearer ${buyer.token}` },
        body: JSON.stringify({ seatId: seatIds[index] }),
      });
      const text = await answer.body.text();
      if (answer.statusCode === 200) return "accepted";
      if (REFUSALS.has(answer.statusCode)) return { refused: codeOf(text) };
      throw new Error(`${answer.statusCode} ${text}`);
    },
    async close() {
      await Promise.all(pools.map((pool) => pool.close()));
    },
  };
}
