import type { CoreContext, GroupKind } from "@onsale/core";
import type { Act } from "../transactionRace.ts";
import { newUserId } from "./show.ts";

/** One work of a group. */
export interface Work<T> {
  readonly userId?: number;
  readonly act: Act<T>;
}

/** Starts the works in one turn, so that they form one group. */
export function together<T>(
  core: CoreContext,
  works: readonly Work<T>[],
  kind: GroupKind = "hold",
): Promise<T>[] {
  return works.map(({ userId = newUserId(), act }) =>
    core.withTransaction((tx) => act(core, tx), { kind, userId }),
  );
}
