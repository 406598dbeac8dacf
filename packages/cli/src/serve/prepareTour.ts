import type { CoreContext, OnsaleConfig } from "@onsale/core";
import { signAccessToken } from "../accessToken.ts";
import { DEMO_PRICE_MAX, ensureDemoData } from "./demoData.ts";
import { tourOf } from "./tour.ts";

const TOKEN_TTL_MS = 12 * 60 * 60 * 1000;

export interface PrepareTourInput {
  readonly auth: OnsaleConfig["auth"];
  /** The URL at which the API listens, or will listen. */
  readonly baseUrl: string;
  readonly say: (line: string) => void;
}

/**
 * Creates the demo concert and a user if needed, and writes the tour: a script that goes from the
 * queue to a paid seat.
 */
export async function prepareTour(core: CoreContext, input: PrepareTourInput): Promise<string> {
  const { auth, baseUrl, say } = input;
  const { createUser } = await import("@onsale/core");
  const { concertId, created } = await ensureDemoData(core);
  say(created ? `Created demo concert ${concertId}` : `Demo concert ${concertId} is on sale`);
  const { userId } = await createUser(core, { name: "Ada" });
  const isTrusted = auth.mode === "trusted";
  return tourOf({
    baseUrl: `${baseUrl}/api/v1`,
    userId,
    concertId,
    accessToken: isTrusted ? undefined : signAccessToken(auth, { userId, ttlMs: TOKEN_TTL_MS }),
    priceMax: DEMO_PRICE_MAX,
  });
}
