import { CLAIM_DAMAGES } from "./claimDamages.ts";
import type { Damage } from "./damage.ts";
import { NEWS_DAMAGES } from "./newsDamages.ts";
import { POINT_DAMAGES } from "./pointDamages.ts";

/** Every kind of damage, each with the rule that must find it. */
export const DAMAGES: readonly Damage[] = [...CLAIM_DAMAGES, ...POINT_DAMAGES, ...NEWS_DAMAGES];
