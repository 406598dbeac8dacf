import type { OnsaleConfig } from "@onsale/core";
import { z } from "zod";
import {
  createDocument,
  type ZodOpenApiOperationObject,
  type ZodOpenApiPathsObject,
  type ZodOpenApiResponsesObject,
} from "zod-openapi";
import type { AccessKind } from "../auth/access.ts";
import type { Endpoint } from "../http/endpoint.ts";
import { REPLAYED_HEADER } from "../http/runEndpoint.ts";
import { type ErrorCode, PROBLEMS } from "../problems/problems.ts";
import { API_PREFIX, ENDPOINTS } from "../routes/endpoints.ts";
import { envelopeOf } from "./envelope.ts";
import { errorCodesOf, namesUser } from "./errorCodes.ts";
import { EXAMPLES } from "./examples.ts";
import { healthPaths, OPERATIONS_TAG } from "./healthPaths.ts";
import { commonHeaders, problemSchema, refusalHeaders } from "./problemSchema.ts";

/** The OpenAPI document, as the server sends it. */
export type ApiDocument = ReturnType<typeof createDocument>;

const SECURITY: Readonly<Record<AccessKind, Record<string, string[]>[]>> = {
  none: [],
  user: [{ accessToken: [] }, { gatewayUser: [] }],
  "user-or-queue-token": [{ accessToken: [] }, { queueToken: [] }, { gatewayUser: [] }],
  admin: [{ adminToken: [] }],
  "queue-token": [{ queueToken: [] }],
  "active-queue-token": [{ queueToken: [] }],
};

const SECURITY_SCHEMES = {
  accessToken: { type: "http", scheme: "bearer", description: "The user's access token" },
  queueToken: {
    type: "http",
    scheme: "bearer",
    description: "A queue token; it proves its place in line, not the account of its user",
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
} as const;

const idempotencyHeader = z.object({
  "Idempotency-Key": z
    .string()
    .min(1)
    .max(255)
    .regex(/^[\x21-\x7e]+$/)
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

const etags = {
  weak: etag("A weak validator: answers with the same ETag have the same meaning"),
  strong: etag("A strong validator: answers with the same ETag have the same bytes"),
};

function etag(description: string) {
  return z.string().meta({ description });
}

const replayed = z
  .literal("true")
  .optional()
  .meta({ description: "Only in the answer to a repeated request: nothing happened again" });

/** The content type of a stream. */
export const EVENT_STREAM = "text/event-stream";

/**
 * The whole stream, because OpenAPI 3.1 cannot describe its events: with the schema of one event,
 * generated clients would read the stream as one object.
 */
const eventStream = z.string().meta({
  description:
    "Server-Sent Events. Each has `event`, its name; `data`, which is JSON; and `id`, except " +
    "comments and `retry`. Read them while they arrive",
  example:
    'retry: 2741\n\nevent: position\nid: 1796000000000000-4201-1\ndata: {"position":811,' +
    '"ahead":810,"etaSeconds":97,"generation":1796000000000000,"admittedCount":4201}\n\n',
});

const lastEventHeader = z.object({
  "Last-Event-ID": z
    .string()
    .optional()
    .meta({ description: "The id of the last event; the stream continues after it" }),
});

/** The bodies of answers, by the schema of their data, which several endpoints share. */
const ENVELOPES: ReadonlyMap<z.ZodType, z.ZodType> = new Map(
  [...new Set(ENDPOINTS.map(({ schemas }) => schemas.answer))].map((data) => [
    data,
    envelopeOf(data),
  ]),
);

/** The parts of the API that a document lists. */
export interface DocumentParts {
  readonly endpoints: readonly Endpoint[];
  /** The credentials of users that a process accepts; undefined for those of both modes. */
  readonly authMode: OnsaleConfig["auth"]["mode"] | undefined;
  readonly hasProbes: boolean;
}

const WHOLE_API: DocumentParts = { endpoints: ENDPOINTS, authMode: undefined, hasProbes: true };

/** Returns the document of the whole API as JSON text. */
export function documentJson(): string {
  return JSON.stringify(apiDocument());
}

/**
 * Makes the OpenAPI 3.1 document from the schemas that validate the requests.
 * @param parts default: the whole API
 */
export function apiDocument(parts: DocumentParts = WHOLE_API): ApiDocument {
  const { endpoints, hasProbes } = parts;
  const paths: ZodOpenApiPathsObject = {};
  for (const endpoint of endpoints) {
    const operation = operationOf(endpoint, parts);
    paths[endpoint.path] = { ...paths[endpoint.path], [endpoint.method]: operation };
  }
  const tags = new Set([
    ...endpoints.map(({ tag }) => tag),
    ...(hasProbes ? [OPERATIONS_TAG] : []),
  ]);
  const document = createDocument({
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
    paths: { ...paths, ...(hasProbes ? healthPaths : {}) },
    components: {
      securitySchemes: schemesOf(parts),
    },
  });
  return withEmptyFilters(document);
}

/** Says of each optional filter that the server accepts `?name=`: an empty filter is no filter. */
function withEmptyFilters(document: ApiDocument): ApiDocument {
  const parameters = Object.values(document.paths ?? {}).flatMap((path) =>
    Object.values(path).flatMap(({ parameters = [] }) => parameters),
  );
  for (const parameter of parameters) {
    if (parameter.in === "query" && !parameter.required) parameter.allowEmptyValue = true;
  }
  return document;
}

/**
 * The credentials of an endpoint that a process accepts. In trusted mode, none is needed where the
 * path or the body names the user.
 */
function securityOf(endpoint: Endpoint, { authMode }: DocumentParts): Record<string, string[]>[] {
  const foreign = { jwt: "gatewayUser", trusted: "accessToken" };
  const ofEndpoint = SECURITY[endpoint.access];
  const accepted = ofEndpoint.filter((one) => !authMode || !(foreign[authMode] in one));
  const isOfGateway = ofEndpoint.some((one) => "gatewayUser" in one);
  const isNamed = authMode === "trusted" && isOfGateway && namesUser(endpoint);
  return isNamed ? [...accepted, {}] : accepted;
}

/** The credentials that the endpoints of a process accept, so that a viewer asks for no other. */
function schemesOf(parts: DocumentParts) {
  const used = parts.endpoints.flatMap((endpoint) =>
    securityOf(endpoint, parts).flatMap((one) => Object.keys(one)),
  );
  return Object.fromEntries(
    Object.entries(SECURITY_SCHEMES).filter(([name]) => used.includes(name)),
  );
}

function operationOf(endpoint: Endpoint, parts: DocumentParts): ZodOpenApiOperationObject {
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
    security: securityOf(endpoint, parts),
    requestParams: {
      ...(hasFields(schemas.params) ? { path: schemas.params } : {}),
      ...(hasFields(schemas.query) ? { query: schemas.query } : {}),
      ...(endpoint.idempotent ? { header: idempotencyHeader } : {}),
      ...(endpoint.conditional ? { header: conditionalHeader } : {}),
      ...(endpoint.streams ? { header: lastEventHeader } : {}),
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

function headersOf({ conditional, repeatable }: Endpoint): z.ZodObject {
  return z.object({
    ...commonHeaders,
    ...(conditional ? { ETag: etags[conditional] } : {}),
    ...(repeatable ? { [REPLAYED_HEADER]: replayed } : {}),
  });
}

function responsesOf(endpoint: Endpoint): ZodOpenApiResponsesObject {
  const headers = headersOf(endpoint);
  const responses: ZodOpenApiResponsesObject = {
    [`${endpoint.status}`]:
      endpoint.status === 204
        ? { description: "Done", headers }
        : { description: "Done", headers, content: contentOf(endpoint) },
  };
  if (endpoint.conditional) {
    responses["304"] = {
      description: "The answer that `If-None-Match` names is still current",
      headers,
    };
  }
  for (const [status, codes] of codesByStatus(errorCodesOf(endpoint))) {
    responses[`${status}`] = {
      description: codes.map((code) => `\`${code}\`: ${PROBLEMS[code].title}`).join("; "),
      headers: refusalHeaders(status, codes.some(hasPause)),
      content: { "application/problem+json": { schema: problemSchema } },
    };
  }
  return responses;
}

function contentOf({ streams, schemas, operationId }: Endpoint) {
  if (streams) return { [EVENT_STREAM]: { schema: eventStream } };
  const data = EXAMPLES[operationId];
  const example = data === undefined ? {} : { example: { data } };
  const schema = ENVELOPES.get(schemas.answer) ?? envelopeOf(schemas.answer);
  return { "application/json": { schema, ...example } };
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
