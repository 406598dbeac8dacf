import { API_PREFIX } from "@onsale/client/http";
import { z } from "zod";

/** A running API answers these requests in milliseconds. */
const ANSWER_MAX_MS = 5_000;

const readiness = z.object({ data: z.object({ status: z.string(), durable: z.boolean() }) });
const concerts = z.object({
  data: z.object({ concerts: z.array(z.object({ id: z.number() })) }),
});

/** A given URL has no API that the rush can test. Nothing was bought. */
export class RushTargetError extends Error {
  override readonly name = "RushTargetError";
}

/**
 * Requires that a ready Onsale API answers at each URL.
 * @throws RushTargetError
 */
export async function requireReadyApis(baseUrls: readonly string[]): Promise<void> {
  for (const url of baseUrls) {
    const answer = readiness.safeParse(await getJson(url, "/health/ready"));
    if (!answer.success) throw new RushTargetError(`${url} is not an Onsale API`);
    const { status } = answer.data.data;
    if (status !== "ready") throw new RushTargetError(`the API at ${url} is ${status}`);
  }
}

/**
 * Requires that each API serves the concert of the rush. An API with another database does not.
 * @throws RushTargetError
 */
export async function requireSameData(
  baseUrls: readonly string[],
  concert: { readonly id: number; readonly title: string },
): Promise<void> {
  const path = `${API_PREFIX}/concerts?concertName=${encodeURIComponent(concert.title)}`;
  for (const url of baseUrls) {
    const answer = concerts.safeParse(await getJson(url, path));
    const found = answer.success && answer.data.data.concerts.some(({ id }) => id === concert.id);
    if (found) continue;
    throw new RushTargetError(`the API at ${url} uses another database than this command`);
  }
}

async function getJson(baseUrl: string, path: string): Promise<unknown> {
  const signal = AbortSignal.timeout(ANSWER_MAX_MS);
  try {
    const response = await fetch(new URL(path, baseUrl), { signal, redirect: "error" });
    return await response.json();
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    // fetch says "fetch failed", and its cause says why.
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    throw new RushTargetError(`no API answers at ${baseUrl}`, { cause });
  }
}
