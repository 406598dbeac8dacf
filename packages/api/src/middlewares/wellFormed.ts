import type { Middleware } from "../http/state.ts";
import { ExpectationFailedError, MalformedHttpError } from "../problems/errors.ts";

/** Refuses requests that Node's parser accepts although HTTP forbids them. */
export const wellFormed: Middleware = (ctx, next) => {
  const { httpVersion, headers } = ctx.req;
  if (httpVersion === "1.1" && headers.host === undefined) {
    throw new MalformedHttpError("A request of HTTP/1.1 must carry a Host header; add one");
  }
  const { expect } = headers;
  if (expect !== undefined && expect.toLowerCase() !== "100-continue") {
    throw new ExpectationFailedError();
  }
  return next();
};
