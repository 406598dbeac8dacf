import { InvalidQueueTokenError, QUEUE_TOKEN_AUDIENCE } from "@onsale/core";
import { createDecoder } from "fast-jwt";
import {
  AccessTokenInvalidError,
  AdminTokenInvalidError,
  type TokenKind,
  TokenKindError,
} from "../problems/errors.ts";
import type { AccessKind } from "./access.ts";
import { ADMIN_TOKEN_AUDIENCE } from "./adminToken.ts";
import { type Authenticate, bearerOf } from "./authenticator.ts";

/*
 * Tokens of another kind
 *
 * Three kinds of tokens go into the same header: the access token of a user, the queue token of a
 * place in line, and the admin token of an operator. A client that sends one of them where another
 * is due would read that its token is altered or expired, and get a new one of the same kind. So a
 * refusal says which kind was sent. The kind is read from the token without a check of its
 * signature: it decides only the words of a refusal.
 */

/**
 * Makes refusals of tokens name the kind of the token, when it is another kind than the needed one.
 */
export function namingTokenKinds(authenticate: Authenticate): Authenticate {
  return (kind, credentials) => {
    const explained = (error: unknown): never => {
      throw kindErrorOf(error, kind, credentials.authorization) ?? error;
    };
    try {
      const identity = authenticate(kind, credentials);
      return identity instanceof Promise ? identity.catch(explained) : identity;
    } catch (error) {
      return explained(error);
    }
  };
}

function kindErrorOf(
  error: unknown,
  access: AccessKind,
  authorization: string,
): TokenKindError | undefined {
  const isRefusedToken =
    error instanceof InvalidQueueTokenError ||
    error instanceof AccessTokenInvalidError ||
    error instanceof AdminTokenInvalidError;
  const bearer = isRefusedToken ? bearerOf(authorization) : undefined;
  const given = bearer === undefined ? undefined : kindOf(bearer);
  const needed = neededBy(access);
  return given === undefined || given === needed ? undefined : new TokenKindError(given, needed);
}

function neededBy(access: AccessKind): TokenKind {
  if (access === "admin") return "admin";
  return access === "queue-token" || access === "active-queue-token" ? "queue" : "access";
}

const decode = createDecoder();

function kindOf(token: string): TokenKind | undefined {
  let payload: unknown;
  try {
    payload = decode(token);
  } catch {
    return undefined;
  }
  if (typeof payload !== "object" || payload === null) return undefined;
  const audience: unknown = Reflect.get(payload, "aud");
  if (audience === QUEUE_TOKEN_AUDIENCE) return "queue";
  if (audience === ADMIN_TOKEN_AUDIENCE) return "admin";
  return "sub" in payload ? "access" : undefined;
}
