import type { AccessKind } from "../auth/access.ts";
import type { Authenticate } from "../auth/authenticator.ts";
import type { Middleware } from "../http/state.ts";

/** Finds out from the headers who calls, as far as the endpoint wants to know. */
export function authenticate(authenticateAs: Authenticate, kind: AccessKind): Middleware {
  return async (ctx, next) => {
    const identity = authenticateAs(kind, {
      authorization: ctx.get("Authorization"),
      userIdHeader: ctx.get("X-User-Id"),
    });
    ctx.state.identity = identity instanceof Promise ? await identity : identity;
    return await next();
  };
}
