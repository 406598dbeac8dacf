import { generateKeyPairSync } from "node:crypto";
import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import { createSigner } from "fast-jwt";

const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
const pem = privateKey.export({ type: "pkcs8", format: "pem" }).toString();

/** The issuer and the audience of the tokens, which the settings of an API require. */
export const ISSUER_SETTINGS = { AUTH_ISSUER: "https://id.example", AUTH_AUDIENCE: "shop" };

/** A token of this key id; all ids share one key pair, so that only the id and the set decide. */
export function signedBy(
  kid: string,
  sub = "17",
  issuer: string = ISSUER_SETTINGS.AUTH_ISSUER,
): string {
  const sign = createSigner({
    ...{ key: pem, algorithm: "RS256", kid, expiresIn: 3_600_000 },
    ...{ iss: issuer, aud: ISSUER_SETTINGS.AUTH_AUDIENCE },
  });
  return sign({ sub });
}

/** The public half as the issuer publishes it. */
export function jwkOf(kid: string, members: Record<string, unknown> = {}): object {
  return { ...publicKey.export({ format: "jwk" }), kid, alg: "RS256", use: "sig", ...members };
}

/** The public half of a key that signed no token. */
export function otherJwkOf(kid: string): object {
  const other = generateKeyPairSync("rsa", { modulusLength: 2048 });
  return { ...other.publicKey.export({ format: "jwk" }), kid, alg: "RS256", use: "sig" };
}

export interface KeyIssuer {
  readonly url: string;
  /** Requests that arrived so far. */
  fetches(): number;
  /** Requests that have no answer yet. */
  unanswered(): number;
  /** How the issuer treats new requests, and requests without an answer yet. */
  answerWith(respond: (response: ServerResponse) => void): void;
  publish(...keys: unknown[]): void;
  close(): void;
}

/** An HTTP server that publishes a key set. */
export async function openKeyIssuer(): Promise<KeyIssuer> {
  let fetches = 0;
  let waiting: ServerResponse[] = [];
  let respond: ((response: ServerResponse) => void) | undefined;
  const server = createServer((_request, response) => {
    fetches += 1;
    waiting.push(response);
    answerWaiting();
  });
  function answerWaiting(): void {
    if (!respond) return;
    const responses = waiting;
    waiting = [];
    for (const response of responses) respond(response);
  }
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const answerWith: KeyIssuer["answerWith"] = (next) => {
    respond = next;
    answerWaiting();
  };
  return {
    url: `http://127.0.0.1:${port}/keys/set.json`,
    fetches: () => fetches,
    unanswered: () => waiting.length,
    answerWith,
    publish: (...keys) => answerWith((response) => response.end(JSON.stringify({ keys }))),
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** The issuer keeps the connection open and sends nothing. */
export const hang = (_response: ServerResponse): void => {};

/** The issuer answers 500. */
export function fail(response: ServerResponse): void {
  response.statusCode = 500;
  response.end("down");
}
