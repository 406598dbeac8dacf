import { createUser } from "@onsale/core";
import { publicAccess, userAccess } from "../../auth/access.ts";
import { issueAccessToken } from "../../auth/accessToken.ts";
import { defineEndpoint, type Endpoint } from "../../http/endpoint.ts";
import { noBody, none } from "../../http/fields.ts";
import { presentCreatedUser } from "./presenter.ts";
import { createdUser, createUserBody, knownUser } from "./schema.ts";

/** The endpoints for users and access tokens. */
export const userEndpoints: readonly Endpoint[] = [
  defineEndpoint({
    operationId: "createUser",
    method: "post",
    path: "/users",
    tag: "Users",
    summary: "Create a user with an access token (development issuer)",
    description:
      "Exists only with `DEV_ISSUER=true`. In production another system issues access tokens.",
    status: 201,
    specification: false,
    idempotent: false,
    devIssuerOnly: true,
    errors: [],
    access: publicAccess,
    params: none,
    query: none,
    body: createUserBody,
    answer: createdUser,
    async handle({ core, config, body }) {
      const { userId } = await createUser(core, { name: body.name });
      return { data: presentCreatedUser(userId, issueAccessToken(config, { userId })) };
    },
  }),
  defineEndpoint({
    operationId: "currentUser",
    method: "get",
    path: "/users/me",
    tag: "Users",
    summary: "Read the user of the access token",
    description:
      "The `userId` that paths and bodies name. A subject of the token that is no whole number " +
      "gets its `userId` at its first request and keeps it.",
    status: 200,
    specification: false,
    idempotent: false,
    errors: [],
    access: userAccess,
    params: none,
    query: none,
    body: noBody,
    answer: knownUser,
    handle: async ({ caller }) => ({ data: { userId: caller.userId } }),
  }),
];
