import { DependencyUnavailableError } from "@onsale/core";
import type { Middleware } from "../http/state.ts";

/** Refuses requests while migrations are pending, because their statements would fail. */
export function currentSchema(isCurrent: () => boolean): Middleware {
  return (_ctx, next) => {
    if (!isCurrent()) throw new DependencyUnavailableError("mysql");
    return next();
  };
}
