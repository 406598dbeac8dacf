import { admitActive, type CoreContext } from "@onsale/core";
import {
  AdminRoleForbiddenError,
  AuthenticationRequiredError,
  ForeignUserError,
  InvalidRequestError,
  QueueTokenRequiredError,
  UserNotFoundError,
} from "../problems/errors.ts";
import type { AdminRole } from "./adminToken.ts";
import type { Identity, PresentedQueueToken } from "./identity.ts";

/** The credential that an endpoint requires. */
export type AccessKind =
  | "none"
  | "user"
  | "user-or-queue-token"
  | "queue-token"
  | "active-queue-token"
  | "admin";

/** The user id that a request contains in its path or body, in addition to its credential. */
export interface StatedUser {
  /** The `userId` of the path or the body. */
  readonly userId: number | undefined;
  /**
   * True for an endpoint that reads. For another user's data, such an endpoint answers 404, and an
   * endpoint that writes answers 403.
   */
  readonly reads: boolean;
}

/** The access rule of an endpoint. `C` is the type of the caller that the handler receives. */
export interface Access<C> {
  readonly kind: AccessKind;
  /** Finds the caller from the verified credentials, without waiting. */
  resolve(identity: Identity, stated: StatedUser): C;
  /** Checks the caller's place in the waiting room. Throws when the caller may not buy now. */
  admit(core: CoreContext, caller: C): Promise<void>;
}

export interface AnonymousCaller {
  readonly userId: undefined;
}

export interface UserCaller {
  readonly userId: number;
}

export interface LineCaller extends UserCaller {
  /** The queue token of this user, if the request has one. */
  readonly queueToken: PresentedQueueToken | undefined;
  /** True when only the queue token names the user: then the request is about its place alone. */
  readonly byQueueToken: boolean;
}

export interface QueueCaller {
  readonly userId: number;
  readonly queueToken: PresentedQueueToken;
}

export interface AdminCaller {
  readonly userId: undefined;
  /** The name in the admin token. */
  readonly operator: string;
}

const allowAll = async (): Promise<void> => {};

/** Access for every client, without a credential. */
export const publicAccess: Access<AnonymousCaller> = {
  kind: "none",
  resolve: () => ({ userId: undefined }),
  admit: allowAll,
};

/**
 * Access to a user's account: points, payments, reservations. The user is identified by an access
 * token or by the header of a trusted gateway. A queue token is no credential for an account: it
 * lives for a day, and clients keep it less carefully.
 */
export const userAccess: Access<UserCaller> = {
  kind: "user",
  resolve: (identity, stated) => ({ userId: resolveUserId(identity, stated) }),
  admit: allowAll,
};

/** Access of a user to the own place in line, also with the queue token of this place. */
export const lineAccess: Access<LineCaller> = {
  kind: "user-or-queue-token",
  resolve(identity, stated) {
    const userId = resolveUserId(identity, stated);
    const { queueToken, byQueueToken = false, trustsStatedUser } = identity;
    const isStated = trustsStatedUser && stated.userId !== undefined;
    return {
      userId,
      queueToken: queueToken?.claims.userId === userId ? queueToken : undefined,
      byQueueToken: byQueueToken && !isStated,
    };
  },
  admit: allowAll,
};

/** Access of operators to endpoints that only read, with an admin token of any role. */
export const adminReadAccess: Access<AdminCaller> = {
  kind: "admin",
  resolve: (identity) => adminCaller(identity, ["viewer", "operator"]),
  admit: allowAll,
};

/** Access of operators to endpoints that change something. */
export const adminAccess: Access<AdminCaller> = {
  kind: "admin",
  resolve: (identity) => adminCaller(identity, ["operator"]),
  admit: allowAll,
};

/** Access with a queue token, waiting or active. */
export const queueAccess: Access<QueueCaller> = {
  kind: "queue-token",
  resolve: resolveQueueCaller,
  admit: allowAll,
};

/** Access with an active queue token. */
export const activeQueueAccess: Access<QueueCaller> = {
  kind: "active-queue-token",
  resolve: resolveQueueCaller,
  async admit(core, caller) {
    await admitActive(core, caller.queueToken.claims);
  },
};

/**
 * Like `activeQueueAccess`, but the handler checks the admission itself: a payment that is repeated
 * must succeed although the first payment ended the admission.
 */
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

function adminCaller({ admin }: Identity, roles: readonly AdminRole[]): AdminCaller {
  if (admin === undefined) throw new AuthenticationRequiredError();
  if (!roles.includes(admin.role)) throw new AdminRoleForbiddenError(admin.role);
  return { userId: undefined, operator: admin.operator };
}

function requireOwn(userId: number, stated: StatedUser): void {
  if (stated.userId === undefined || stated.userId === userId) return;
  throw stated.reads ? new UserNotFoundError() : new ForeignUserError();
}
