import { z } from "zod";
import {
  createDocument,
  type ZodOpenApiOperationObject,
  type ZodOpenApiPathsObject,
  type ZodOpenApiResponsesObject,
} from "zod-openapi";
import type { AccessKind } from "../auth/access.ts";
import type { Endpoint } from "../http/endpoint.ts";
import { type ErrorCode, PROBLEMS } from "../problems/problems.ts";
import { API_PREFIX, ENDPOINTS } from "../routes/endpoints.ts";
import { errorCodesOf } from "./errorCodes.ts";
import { healthPaths, OPERATIONS_TAG } from "./healthPaths.ts";
import { problemSchema, retryAfterHeaders } from "./problemSchema.ts";

/** The OpenAPI document, as the server sends it. */
export type ApiDocument = ReturnType<typeof createDocument>;

const SECURITY: Readonly<Record<AccessKind, Record<string, string[]>[]>> = {
  none: [],
  user: [{ accessToken: [] }, { queueToken: [] }, { gatewayUser: [] }],
  admin: [{ adminToken: [] }],
  "queue-token": [{ queueToken: [] }],
  "active-queue-token": [{ queueToken: [] }],
};

const idempotencyHeader = z.object({
  "Idempotency-Key": z
    .string()
    .min(1)
    .max(255)
    .optional()
    .meta({
      description:
        "1 to 255 visible ASCII characters. The same key and body get the same answer, " +
        "with `Idempotency-Replayed: true`",
    }),
});

const conditionalHeader = z.object({
  "If-None-Match": z
    .string()
    .optional()
    .meta({ description: "The `ETag` of the answer that the client already has" }),
});

const etagHeaders = {
  weak: etagHeader("A weak validator: answers with the same ETag have the same meaning"),
  strong: etagHeader("A strong validator: answers with the same ETag have the same bytes"),
};

function etagHeader(description: string) {
  return z.object({ ETag: z.string().meta({ description }) });
}

/** The content type of a stream. Its schema is that of the data of the first event. */
export const EVENT_STREAM = "text/event-stream";

let built: ApiDocument | undefined;
let builtJson: string | undefined;

/**
 * Makes the OpenAPI 3.1 document from the schemas that validate the requests. The document is made
 * only once.
 */
export function apiDocument(): ApiDocument {
  built ??= buildDocument();
  return built;
}

/** Returns the document as JSON text. */
export function documentJson(): string {
  builtJson ??= JSON.stringify(apiDocument());
  return builtJson;
}

function buildDocument(): ApiDocument {
  const paths: ZodOpenApiPathsObject = {};
  for (const endpoint of ENDPOINTS) {
    paths[endpoint.path] = { ...paths[endpoint.path], [endpoint.method]: operationOf(endpoint) };
  }
  const tags = new Set([...ENDPOINTS.map(({ tag }) => tag), OPERATIONS_TAG]);
  return createDocument({
    openapi: "3.1.0",
    info: {
      title: "Onsale",
      version: "1.0.0",
      description:
        "Concert seats through a rush: join the queue, wait, hold seats, pay with points.",
      license: { name: "MIT", identifier: "MIT" },
    },
    servers: [{ url: API_PREFIX }],
    tags: [...tags].map((name) => ({ name })),
    paths: { ...paths, ...healthPaths },
    components: {
      securitySchemes: {
        accessToken: { type: "http", scheme: "bearer", description: "The user's access token" },
        queueToken: {
          type: "http",
          scheme: "bearer",
          description: "A queue token; it also proves the user",
        },
        adminToken: {
          type: "http",
          scheme: "bearer",
          description: "The token of an operator; `onsale admin token` signs one",
        },
        gatewayUser: {
          type: "apiKey",
          in: "header",
          name: "X-User-Id",
          description: "Only with `AUTH_MODE=trusted`; the gateway sets it",
        },
      },
    },
  });
}

function operationOf(endpoint: Endpoint): ZodOpenApiOperationObject {
  const { schemas } = endpoint;
  const unprefixed = endpoint.specification
    ? `Also at \`${endpoint.path}\`, without the prefix.`
    : "";
  const description = [endpoint.description, unprefixed].filter(Boolean).join(" ");
  return {
    operationId: endpoint.operationId,
    tags: [endpoint.tag],
    summary: endpoint.summary,
    ...(description === "" ? {} : { description }),
    security: SECURITY[endpoint.access],
    requestParams: {
      ...(hasFields(schemas.params) ? { path: schemas.params } : {}),
      ...(hasFields(schemas.query) ? { query: schemas.query } : {}),
      ...(endpoint.idempotent ? { header: idempotencyHeader } : {}),
      ...(endpoint.conditional ? { header: conditionalHeader } : {}),
    },
    ...(endpoint.readsBody
      ? {
          requestBody: {
            required: !schemas.body.safeParse(undefined).success,
            content: { "application/json": { schema: schemas.body } },
          },
        }
      : {}),
    responses: responsesOf(endpoint),
  };
}

function responsesOf(endpoint: Endpoint): ZodOpenApiResponsesObject {
  const headers = endpoint.conditional ? { headers: etagHeaders[endpoint.conditional] } : {};
  const responses: ZodOpenApiResponsesObject = {
    [`${endpoint.status}`]:
      endpoint.status === 204
        ? { description: "Done" }
        : {
            description: "Done",
            ...headers,
            content: contentOf(endpoint),
          },
  };
  if (endpoint.conditional) {
    responses["304"] = {
      description: "The answer that `If-None-Match` names is still current",
      ...headers,
    };
  }
  for (const [status, codes] of codesByStatus(errorCodesOf(endpoint))) {
    responses[`${status}`] = {
      description: codes.map((code) => `\`${code}\`: ${PROBLEMS[code].title}`).join("; "),
      ...(codes.some(hasPause) ? { headers: retryAfterHeaders } : {}),
      content: { "application/problem+json": { schema: problemSchema } },
    };
  }
  return responses;
}

function contentOf({ streams, schemas }: Endpoint): Record<string, { readonly schema: z.ZodType }> {
  if (streams) return { [EVENT_STREAM]: { schema: schemas.answer } };
  return { "application/json": { schema: z.object({ data: schemas.answer }) } };
}

const hasPause = (code: ErrorCode): boolean => "retryAfterSeconds" in PROBLEMS[code];

type ErrorStatus = (typeof PROBLEMS)[ErrorCode]["status"];

function codesByStatus(codes: readonly ErrorCode[]): [ErrorStatus, ErrorCode[]][] {
  const groups = Map.groupBy(codes, (code) => PROBLEMS[code].status);
  return [...groups].sort(([a], [b]) => a - b);
}

function hasFields(schema: z.ZodObject): boolean {
  return Object.keys(schema.shape).length > 0;
}
