import { createUser } from "@onsale/core";
import { publicAccess } from "../../auth/access.ts";
import { issueAccessToken } from "../../auth/accessToken.ts";
import { defineEndpoint, type Endpoint } from "../../http/endpoint.ts";
import { none } from "../../http/fields.ts";
import { presentCreatedUser } from "./presenter.ts";
import { createdUser, createUserBody } from "./schema.ts";

/** The endpoints for users and access tokens, for development. */
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
];
