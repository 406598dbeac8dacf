import { admitActive, type CoreContext } from "@onsale/core";
import {
  AuthenticationRequiredError,
  ForeignUserError,
  InvalidRequestError,
  QueueTokenRequiredError,
  UserNotFoundError,
} from "../problems/errors.ts";
import type { Identity, PresentedQueueToken } from "./identity.ts";

/** The credential that an endpoint requires. */
export type AccessKind = "none" | "user" | "queue-token" | "active-queue-token";

/** The user that a request names, apart from its credential. */
export interface StatedUser {
  /** The userId of the path or the body. */
  readonly userId: number | undefined;
  /** Reads answer 404 for another user's data, writes answer 403. */
  readonly reads: boolean;
}

/** The access rule of an endpoint; `C` is what the handler learns about the caller. */
export interface Access<C> {
  readonly kind: AccessKind;
  /** Finds the caller. Never waits. */
  resolve(identity: Identity, stated: StatedUser): C;
  /** Checks a valid request against the waiting room; throws when the caller may not shop now. */
  admit(core: CoreContext, caller: C): Promise<void>;
}

export interface AnonymousCaller {
  readonly userId: undefined;
}

export interface UserCaller {
  readonly userId: number;
  /** A queue token of this user that the request carries. */
  readonly queueToken: PresentedQueueToken | undefined;
}

export interface QueueCaller {
  readonly userId: number;
  readonly queueToken: PresentedQueueToken;
}

const allowAll = async (): Promise<void> => {};

/** For all clients, without a credential. */
export const publicAccess: Access<AnonymousCaller> = {
  kind: "none",
  resolve: () => ({ userId: undefined }),
  admit: allowAll,
};

/** For a known user: by access token, by queue token, or by the header of a trusted gateway. */
export const userAccess: Access<UserCaller> = {
  kind: "user",
  resolve(identity, stated) {
    const userId = resolveUserId(identity, stated);
    const { queueToken } = identity;
    return {
      userId,
      queueToken: queueToken?.claims.userId === userId ? queueToken : undefined,
    };
  },
  admit: allowAll,
};

/** For the holder of a queue token, waiting or active. */
export const queueAccess: Access<QueueCaller> = {
  kind: "queue-token",
  resolve: resolveQueueCaller,
  admit: allowAll,
};

/** For the holder of an active queue token. */
export const activeQueueAccess: Access<QueueCaller> = {
  kind: "active-queue-token",
  resolve: resolveQueueCaller,
  async admit(core, caller) {
    await admitActive(core, caller.queueToken.token);
  },
};

/** The same, but the handler checks it: a repeated payment finds its admission used up. */
export const activeQueueAccessByHandler: Access<QueueCaller> = {
  ...activeQueueAccess,
  admit: allowAll,
};

function resolveUserId(identity: Identity, stated: StatedUser): number {
  if (identity.trustsStatedUser) {
    const userId = stated.userId ?? identity.userId;
    if (userId !== undefined) return userId;
    throw new InvalidRequestError([
      { path: "userId", reason: "Required, in the body or as the X-User-Id header" },
    ]);
  }
  if (identity.userId === undefined) throw new AuthenticationRequiredError();
  requireOwn(identity.userId, stated);
  return identity.userId;
}

function resolveQueueCaller(identity: Identity, stated: StatedUser): QueueCaller {
  const { queueToken } = identity;
  if (queueToken === undefined) throw new QueueTokenRequiredError();
  requireOwn(queueToken.claims.userId, stated);
  if (identity.userId !== undefined) {
    requireOwn(queueToken.claims.userId, { ...stated, userId: identity.userId });
  }
  return { userId: queueToken.claims.userId, queueToken };
}

function requireOwn(userId: number, stated: StatedUser): void {
  if (stated.userId === undefined || stated.userId === userId) return;
  throw stated.reads ? new UserNotFoundError() : new ForeignUserError();
}
