import type { CoreContext } from "../../src/ports/coreContext.ts";
import type { QueueTokenClaims } from "../../src/ports/tokenSigner.ts";
import { admitActive } from "../../src/queue/admitActive.ts";
import { verifyQueueToken } from "../../src/queue/verifyQueueToken.ts";

/** Verifies a queue token and checks the admission, as the API does for each request. */
export async function admitToken(core: CoreContext, token: string): Promise<QueueTokenClaims> {
  return await admitActive(core, verifyQueueToken(core, token));
}
