import { readFile } from "node:fs/promises";
import { expect } from "chai";
import { z } from "zod";
import { apiDocument, documentJson } from "../../src/openapi/document.ts";
import { documentView } from "../../src/openapi/documentView.ts";
import { OPERATIONS_TAG } from "../../src/openapi/healthPaths.ts";
import { generatedPages } from "../../src/openapi/writeApiDoc.ts";
import { PROBLEMS } from "../../src/problems/problems.ts";
import { ENDPOINTS, servedEndpoints } from "../../src/routes/endpoints.ts";
import { testConfig } from "../support/testConfig.ts";

/** The schema of an answer, which then refuses fields that it does not have. */
const strictly = (schema: z.ZodType): z.ZodType =>
  schema instanceof z.ZodObject ? schema.strict() : schema;

const inside = (value: unknown): object =>
  typeof value === "object" && value !== null ? value : {};

/** The places of the schemas with fields below a part of the document. */
function unnamedIn(part: unknown, place: string): string[] {
  const own = "properties" in inside(part) ? [place] : [];
  const below = Object.entries(inside(part));
  return [...own, ...below.flatMap(([name, one]) => unnamedIn(one, `${place}.${name}`))];
}

describe("the generated documents of the API", () => {
  for (const { url, content } of generatedPages()) {
    it(`are committed as the code generates them: ${url.pathname.split("/").at(-1)}`, async () => {
      const committed = await readFile(url, "utf8");
      expect(committed === content, "run `pnpm --filter @onsale/api run docs`").to.equal(true);
    });
  }

  it("list every endpoint with its fields and its error codes", () => {
    const all = documentView();
    const view = all.filter(({ tag }) => tag !== OPERATIONS_TAG);
    expect(view).to.have.length(ENDPOINTS.length);
    expect(all.length - view.length, "probes").to.equal(3);
    for (const operation of view) {
      expect(operation.refusals.length, operation.id).to.be.above(1);
      expect(operation.answerFields.length === 0, operation.id).to.equal(
        operation.successStatus === "204",
      );
    }
    const reserve = view.find(({ id }) => id === "reserveSeat");
    expect(reserve?.bodyFields.map(({ path }) => path)).to.deep.equal([
      "seatId",
      "seatIds",
      "accessible",
      "userId",
    ]);
    expect(reserve?.answerFields.map(({ path }) => path)).to.include("data.seats[].seatNo");
    expect(reserve?.parameters.map(({ path }) => path)).to.deep.equal(["Idempotency-Key"]);
  });

  it("have an example of each answer, which its schema accepts", () => {
    const { paths = {} } = apiDocument();
    for (const { operationId, path, method, status, streams, schemas } of ENDPOINTS) {
      if (status === 204 || streams) continue;
      const content = paths[path]?.[method]?.responses?.[status]?.content ?? {};
      const example = z
        .object({ data: z.unknown() })
        .parse(content["application/json"]?.example, { error: () => operationId });
      const judged = strictly(schemas.answer).safeParse(example.data);
      expect(judged.success, `${operationId} ${judged.error}`).to.equal(true);
    }
  });

  it("name every object, because generated clients number the classes without a name", () => {
    const { components, paths } = JSON.parse(documentJson());
    const named = Object.entries(components.schemas).flatMap(([name, schema]) =>
      Object.entries(inside(schema)).flatMap(([place, one]) => unnamedIn(one, `${name}.${place}`)),
    );
    expect([...named, ...unnamedIn(paths, "paths")]).to.deep.equal([]);
  });

  it("say nothing beside the fields of an object that generated clients cannot express", () => {
    const { components } = JSON.parse(documentJson());
    const mixed = Object.entries(components.schemas).filter(([, schema]) => {
      const keys = Object.keys(inside(schema));
      return keys.includes("properties") && /\b(oneOf|anyOf|allOf)\b/.test(keys.join(" "));
    });
    expect(mixed).to.deep.equal([]);
  });

  it("declare the headers of each answer", () => {
    const { paths = {} } = apiDocument();
    for (const { operationId, path, method, status, repeatable } of ENDPOINTS) {
      const responses = paths[path]?.[method]?.responses ?? {};
      for (const [code, response] of Object.entries(responses)) {
        const names = Object.keys(response.headers ?? {});
        expect(names, `${operationId} ${code}`).to.include("X-Request-Id");
        expect(names.includes("WWW-Authenticate"), `${operationId} ${code}`).to.equal(
          code === "401",
        );
        if (code === "503" || code === "429") expect(names).to.include("Retry-After");
      }
      const names = Object.keys(responses[status]?.headers ?? {});
      expect(names.includes("Idempotency-Replayed"), operationId).to.equal(repeatable);
    }
  });

  it("list only what the process serves, with the credentials that it accepts", () => {
    const listed = (document: ReturnType<typeof apiDocument>): string[] =>
      Object.values(document.paths ?? {}).flatMap((item) =>
        [item.get, item.post, item.put, item.delete].flatMap((one) => one?.operationId ?? []),
      );
    const documentOf = (
      env: Record<string, string>,
      process: Parameters<typeof servedEndpoints>[1],
    ) => {
      const config = testConfig({ STACK: "embedded", ...env });
      const endpoints = servedEndpoints(config, process);
      const hasProbes = process.surface === "main";
      return apiDocument({ endpoints, authMode: config.auth.mode, hasProbes });
    };
    const main = { role: "api", surface: "main" } as const;
    const plain = listed(documentOf({ DEV_ISSUER: "false" }, main));
    expect(plain).to.include.members(["reserveSeat", "health"]);
    expect(plain).to.not.include.members(["createUser"]);
    expect(plain).to.not.include.members(["createConcert"]);
    const admin = { ADMIN_JWT_SECRET: "a".repeat(32), DEV_ISSUER: "true" };
    expect(listed(documentOf(admin, main))).to.include.members(["createUser", "createConcert"]);
    const apart = { ...admin, ADMIN_PORT: "9091" };
    expect(listed(documentOf(apart, main))).to.not.include("createConcert");
    const onAdminPort = listed(documentOf(apart, { role: "api", surface: "admin" }));
    expect(onAdminPort).to.include("createConcert").and.not.include("reserveSeat");
    expect(onAdminPort).to.not.include("health");
    const waiting = listed(documentOf({}, { role: "queue", surface: "main" }));
    expect(waiting).to.include("joinQueue").and.not.include("reserveSeat");
    const schemes = (env: Record<string, string>): string[] =>
      Object.keys(documentOf(env, main).components?.securitySchemes ?? {});
    expect(schemes({})).to.have.members(["accessToken", "queueToken"]);
    expect(schemes({ AUTH_MODE: "trusted" })).to.have.members(["gatewayUser", "queueToken"]);
    expect(schemes(admin)).to.include("adminToken");
    const security = (mode: string, path = "/points/charge") => {
      const { put, get } = documentOf({ AUTH_MODE: mode }, main).paths?.[path] ?? {};
      return (put ?? get)?.security;
    };
    expect(security("jwt")).to.deep.equal([{ accessToken: [] }]);
    // The userId in the body or path is enough for a gateway.
    expect(security("trusted")).to.deep.equal([{ gatewayUser: [] }, {}]);
    expect(security("trusted", "/queue/tokens/status/{userId}")).to.deep.include({});
    expect(security("trusted", "/users/me/reservations")).to.deep.equal([{ gatewayUser: [] }]);
    expect(security("jwt", "/queue/tokens/status/{userId}")).to.not.deep.include({});
  });

  it("list 304 and its headers only for endpoints whose answers have an ETag", () => {
    const { paths = {} } = apiDocument();
    const conditional = ENDPOINTS.filter(({ path, method }) => {
      const { responses = {}, parameters = [] } = paths[path]?.[method] ?? {};
      const text = JSON.stringify([responses, parameters]);
      expect(text.includes("If-None-Match"), path).to.equal("304" in responses);
      expect(text.includes('"ETag"'), path).to.equal("304" in responses);
      return "304" in responses;
    });
    expect(conditional.map(({ operationId }) => operationId)).to.deep.equal([
      "queueStatusOfUser",
      "myQueueStatus",
      "queueOverview",
      "availableSeats",
    ]);
    const view = documentView().find(({ id }) => id === "myQueueStatus");
    expect(view?.refusals.map(({ status }) => status)).to.not.include("304");
  });

  it("list every error code that an endpoint can answer", () => {
    const text = JSON.stringify(documentView());
    const outsideEndpoints = new Set([
      "MALFORMED_HTTP",
      "EXPECTATION_FAILED",
      "REQUEST_TIMEOUT",
      "HEADERS_TOO_LARGE",
      "ROUTE_NOT_FOUND",
      "METHOD_NOT_ALLOWED",
      "INTERNAL_ERROR",
      "METRICS_TOKEN_INVALID",
      // Only the command line shows a notification, reconciles an account, and stops a job.
      "NOTIFICATION_NOT_FOUND",
      "ACCOUNT_BUSY",
      "JOB_NOT_RUNNING",
    ]);
    for (const code of Object.keys(PROBLEMS)) {
      if (!outsideEndpoints.has(code)) expect(text).to.include(`\`${code}\``);
    }
  });
});
