import { hostFault } from "../http/requestHead.ts";
import type { Middleware, RequestContext } from "../http/state.ts";
import { ExpectationFailedError, MalformedHttpError } from "../problems/errors.ts";
import type { TakeAllowance } from "./rateLimit.ts";

/**
 * Refuses requests that Node's parser accepts although HTTP forbids them. A refused request counts
 * against the allowance of its address, like every other request to the API.
 */
export function wellFormed(takeOfAddress: TakeAllowance): Middleware {
  return (ctx, next) => {
    const fault = faultOf(ctx);
    return fault === undefined ? next() : refuse(ctx, fault);
  };

  async function refuse(ctx: RequestContext, fault: Error): Promise<never> {
    await takeOfAddress(ctx.state.network);
    throw fault;
  }
}

function faultOf(ctx: RequestContext): Error | undefined {
  if (ctx.state.malformedTarget) {
    return new MalformedHttpError("The request target must be a path, or a complete http URL");
  }
  const { httpVersion, rawHeaders, headers } = ctx.req;
  const fault = hostFault(httpVersion, rawHeaders);
  if (fault !== undefined) return new MalformedHttpError(fault);
  const { expect, "transfer-encoding": coding } = headers;
  if (coding !== undefined && coding.toLowerCase() !== "chunked") {
    return new MalformedHttpError("The only transfer coding of this server is chunked");
  }
  const isKnown = expect === undefined || expect.toLowerCase() === "100-continue";
  return isKnown ? undefined : new ExpectationFailedError();
}
