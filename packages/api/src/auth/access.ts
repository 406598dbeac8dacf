import { admitActive, type CoreContext } from "@onsale/core";
import {
  AuthenticationRequiredError,
  ForeignUserError,
  InvalidRequestError,
  QueueTokenRequiredError,
  UserNotFoundError,
} from "../problems/errors.ts";
import type { Identity, PresentedQueueToken } from "./identity.ts";

/** Which credential an endpoint wants. */
export type AccessKind = "none" | "user" | "queue-token" | "active-queue-token";

/** What a request says about its user, beside its credential. */
export interface StatedUser {
  /** The userId of the path or the body. */
  readonly userId: number | undefined;
  /** Reads hide a foreign user (404), writes refuse it (403). */
  readonly reads: boolean;
}

/** The door of an endpoint: `C` is what its handler gets to know about the caller. */
export interface Access<C> {
  readonly kind: AccessKind;
  /** Decides who calls. Never waits. */
  resolve(identity: Identity, stated: StatedUser): C;
  /** Lets the caller in, after the request was found valid. */
  admit(core: CoreContext, caller: C): Promise<void>;
}

export interface Anybody {
  readonly userId: undefined;
}

export interface UserCaller {
  readonly userId: number;
  /** A queue token of this user that came along. */
  readonly queueToken: PresentedQueueToken | undefined;
}

export interface QueueCaller {
  readonly userId: number;
  readonly queueToken: PresentedQueueToken;
}

const letIn = async (): Promise<void> => {};

/** For everybody. */
export const publicAccess: Access<Anybody> = {
  kind: "none",
  resolve: () => ({ userId: undefined }),
  admit: letIn,
};

/** For a known user: access token, queue token, or what a trusted gateway says. */
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
  admit: letIn,
};

/** For the holder of a queue token, waiting or active. */
export const queueAccess: Access<QueueCaller> = {
  kind: "queue-token",
  resolve: resolveQueueCaller,
  admit: letIn,
};

/** For the holder of a queue token whose turn it is. */
export const activeQueueAccess: Access<QueueCaller> = {
  kind: "active-queue-token",
  resolve: resolveQueueCaller,
  async admit(core, caller) {
    await admitActive(core, caller.queueToken.token);
  },
};

/** The same door, opened by the handler itself: a repeated payment finds its turn used up. */
export const activeQueueAccessByHandler: Access<QueueCaller> = {
  ...activeQueueAccess,
  admit: letIn,
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
