import { initialSchema } from "./0001-initialSchema.ts";
import { queueFormerLimits } from "./0002-queueFormerLimits.ts";
import { queueIdsKeepCase } from "./0003-queueIdsKeepCase.ts";
import { queueGenerations } from "./0004-queueGenerations.ts";
import { seatAllowances } from "./0005-seatAllowances.ts";
import { admissionsOfBuyer } from "./0006-admissionsOfBuyer.ts";
import { messageIdsKeepCase } from "./0007-messageIdsKeepCase.ts";
import { invariantIndexes } from "./0008-invariantIndexes.ts";
import { operations } from "./0009-operations.ts";
import { workers } from "./0010-workers.ts";
import { outboxOperations } from "./0011-outboxOperations.ts";
import { saleWindows } from "./0012-saleWindows.ts";
import { pointAdjustments } from "./0013-pointAdjustments.ts";
import { invariantChecks } from "./0014-invariantChecks.ts";
import { jobStops } from "./0015-jobStops.ts";
import { settingsVersions } from "./0016-settingsVersions.ts";
import { outboxMarksInPlace } from "./0017-outboxMarksInPlace.ts";
import { catalogIndexes } from "./0018-catalogIndexes.ts";
import { sales } from "./0019-sales.ts";
import { admissionsOfReturnedPlaces } from "./0020-admissionsOfReturnedPlaces.ts";
import { buyerLimits } from "./0021-buyerLimits.ts";
import { freeSeats } from "./0022-freeSeats.ts";
import { venueTimeZones } from "./0023-venueTimeZones.ts";
import { partialReleases } from "./0024-partialReleases.ts";
import { seatRowsAndBlocks } from "./0025-seatRowsAndBlocks.ts";
import { textsOfAllLanguages } from "./0029-textsOfAllLanguages.ts";
import { subjectsAndLeftPlaces } from "./0030-subjectsAndLeftPlaces.ts";
import { deliveries } from "./0031-deliveries.ts";
import { accessibleSeats } from "./0032-accessibleSeats.ts";
import type { Migration } from "./migration.ts";

/**
 * All schema changes, in order. MySQL runs them; the in-memory database reads its schema from them.
 */
export const MIGRATIONS: readonly Migration[] = [
  initialSchema,
  queueFormerLimits,
  queueIdsKeepCase,
  queueGenerations,
  seatAllowances,
  admissionsOfBuyer,
  messageIdsKeepCase,
  invariantIndexes,
  operations,
  workers,
  outboxOperations,
  saleWindows,
  pointAdjustments,
  invariantChecks,
  jobStops,
  settingsVersions,
  outboxMarksInPlace,
  catalogIndexes,
  sales,
  admissionsOfReturnedPlaces,
  buyerLimits,
  freeSeats,
  venueTimeZones,
  partialReleases,
  seatRowsAndBlocks,
  textsOfAllLanguages,
  subjectsAndLeftPlaces,
  deliveries,
  accessibleSeats,
];
