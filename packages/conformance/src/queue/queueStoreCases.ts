import type { AdapterSet } from "../adapterSet.ts";
import { queueFigureCases } from "./queueFigureCases.ts";
import { queueGenerationCases } from "./queueGenerationCases.ts";
import { queueJoinCases } from "./queueJoinCases.ts";
import { queueJournalCases } from "./queueJournalCases.ts";
import { queueLeaveCases } from "./queueLeaveCases.ts";
import { queueLossCases } from "./queueLossCases.ts";
import { queueMissedCases } from "./queueMissedCases.ts";
import { queueOperatorCases } from "./queueOperatorCases.ts";
import { queuePromotionCases } from "./queuePromotionCases.ts";
import { queueRaceCases } from "./queueRaceCases.ts";
import { queueRestoreCases } from "./queueRestoreCases.ts";
import { useQueueRoom } from "./queueRoom.ts";
import { queueEpochCases, queueSettingsCases } from "./queueSettingsCases.ts";

/** The cases that every queue store must pass. */
export function queueStoreCases(set: AdapterSet): void {
  describe(`queue store, ${set.name}`, () => {
    const room = useQueueRoom(set);
    queueJoinCases(room);
    queuePromotionCases(room);
    queueMissedCases(room);
    queueFigureCases(room);
    queueLeaveCases(room);
    queueJournalCases(room);
    queueGenerationCases(room);
    queueLossCases(room);
    queueRestoreCases(room);
    queueRaceCases(room);
    queueOperatorCases(room);
    queueSettingsCases(room);
    queueEpochCases(room);
  });
}
