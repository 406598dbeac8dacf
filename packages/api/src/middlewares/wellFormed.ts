import type { Middleware } from "../http/state.ts";
import { ExpectationFailedError, MalformedHttpError } from "../problems/errors.ts";

/** Refuses what Node's parser lets through and HTTP does not, as problems like everything else. */
export const wellFormed: Middleware = (ctx, next) => {
  const { httpVersion, headers } = ctx.req;
  if (httpVersion === "1.1" && headers.host === undefined) {
    throw new MalformedHttpError("A request of HTTP/1.1 carries a Host header");
  }
  const { expect } = headers;
  if (expect !== undefined && expect.toLowerCase() !== "100-continue") {
    throw new ExpectationFailedError();
  }
  return next();
};
