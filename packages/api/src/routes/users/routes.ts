import { createUser } from "@onsale/core";
import { publicAccess } from "../../auth/access.ts";
import { issueAccessToken } from "../../auth/accessToken.ts";
import { defineEndpoint, type Endpoint } from "../../http/endpoint.ts";
import { none } from "../../http/fields.ts";
import { presentCreatedUser } from "./presenter.ts";
import { createdUser, createUserBody } from "./schema.ts";

/** The development issuer. */
export const userEndpoints: readonly Endpoint[] = [
  defineEndpoint({
    operationId: "createUser",
    method: "post",
    path: "/users",
    tag: "Users",
    summary: "Create a user with an access token (development issuer)",
    description: "Only while `DEV_ISSUER=true`; in production another system issues the tokens.",
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
