import type { CoreContext } from "../../ports/coreContext.ts";
import type { JsonObject } from "../../ports/operationStore.ts";

/** The state of the outbox in an audit record. */
export async function countsOf(core: CoreContext): Promise<JsonObject> {
  const { pending, published, dead, discarded } = await core.outbox.counts(null);
  return { pending, published, dead, discarded };
}
