import { type BuyerLoad, openBuyerLoad } from "@onsale/simulator/drill";
import { signAccessToken } from "../accessToken.ts";
import type { Drill } from "./drill.ts";
import type { DrillGround } from "./drillGround.ts";

const TOKEN_TTL_MS = 60 * 60 * 1000;
const SEATS = 1_000;
/** A buyer who abandons a hold may keep the admission until it expires. */
const ROOM = { activeCountMax: 20, admissionRatePerMinute: 60_000, activeTtlMs: 8_000 } as const;
const ABANDON_SHARE = 0.1;

/** Creates the sale of a drill. Buyers do not arrive yet. */
export function openDrillLoad(drill: Drill, ground: DrillGround): Promise<BuyerLoad> {
  const { auth } = ground.config;
  return openBuyerLoad(ground.core, {
    ...{ baseUrls: ground.processes.baseUrls, seats: SEATS, room: ROOM },
    abandonShare: drill.abandonShare ?? ABANDON_SHARE,
    tokenFor: (userId) => signAccessToken(auth, { userId, ttlMs: TOKEN_TTL_MS }),
  });
}
