import { createHmac, createPublicKey, generateKeyPairSync } from "node:crypto";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { expect } from "chai";
import { createSigner } from "fast-jwt";
import { signAdminToken } from "../../src/auth/adminToken.ts";
import { waitingBuyer } from "../support/buyer.ts";
import type { Answer } from "../support/callApi.ts";
import {
  ISSUER_SETTINGS,
  jwkOf,
  type KeyIssuer,
  openKeyIssuer,
  signedBy,
} from "../support/keyIssuer.ts";
import { medianOf } from "../support/medianOf.ts";
import { openTestApi, type TestApi } from "../support/testApi.ts";
import { TEST_SECRET } from "../support/testConfig.ts";

/** More fetches than the issuer's keys need, and far fewer than the forgeries. */
const FETCHES_MAX = 6;

const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
const attackersPem = privateKey.export({ type: "pkcs8", format: "pem" }).toString();
const attackersJwk = createPublicKey(privateKey).export({ format: "jwk" });

const inOneHour = (): number => Math.floor(Date.now() / 1000) + 3_600;
const claims = (others: object = {}): object => ({
  ...{ sub: "17", iss: ISSUER_SETTINGS.AUTH_ISSUER, aud: ISSUER_SETTINGS.AUTH_AUDIENCE },
  ...{ exp: inOneHour(), ...others },
});
const encoded = (part: object): string => Buffer.from(JSON.stringify(part)).toString("base64url");

/** A token with this header, signed with HMAC by this text. */
function hmacSigned(header: object, payload: object, key: string): string {
  const input = `${encoded(header)}.${encoded(payload)}`;
  return `${input}.${createHmac("sha256", key).update(input).digest("base64url")}`;
}

function attackerSigned(header: object, payload = claims()): string {
  const sign = createSigner({ key: attackersPem, algorithm: "RS256", noTimestamp: true });
  // The library writes the header itself, so the forged one is signed as a text.
  const plain = sign(payload);
  return `${encoded({ alg: "RS256", ...header })}.${plain.split(".").slice(1).join(".")}`;
}

describe("attack: forged access tokens", () => {
  let issuer: KeyIssuer;
  let trap: Server;
  let trapped = 0;
  let api: TestApi;

  before("opens an issuer, a server of the attacker, and an API", async () => {
    issuer = await openKeyIssuer();
    issuer.publish(jwkOf("k1"));
    trap = createServer((_request, response) => {
      trapped += 1;
      response.end(JSON.stringify({ keys: [{ ...attackersJwk, kid: "evil", alg: "RS256" }] }));
    });
    trap.listen(0, "127.0.0.1");
    await once(trap, "listening");
    api = await openTestApi({ AUTH_JWKS_URL: issuer.url, ...ISSUER_SETTINGS });
  });

  after("closes them", async () => {
    await api?.close();
    trap?.close();
    issuer?.close();
  });

  const balance = (token: string): Promise<Answer> =>
    api.call("GET", "/api/v1/points/current/17", { token });

  const trapUrl = (): string => {
    const address = trap.address();
    return `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}/keys`;
  };

  /** Texts that are no access token of user 17, by the idea behind each. */
  async function forgeries(): Promise<Readonly<Record<string, string>>> {
    const good = signedBy("k1");
    const [header = "", , signature = ""] = good.split(".");
    const publicJwk = Object(jwkOf("k1"));
    const publicPem = createPublicKey({ key: publicJwk, format: "jwk" })
      .export({ type: "spki", format: "pem" })
      .toString();
    const secret = api.config.auth.jwtSecret ?? "";
    const none = ["none", "None", "NONE", "nOnE", ""].map((alg) => [
      `alg ${JSON.stringify(alg)}`,
      `${encoded({ alg })}.${encoded(claims())}.`,
    ]);
    const kids = ["../../dev/null", "k1' OR '1'='1", "k1\u0000", "K1", "x".repeat(5_000)].map(
      (kid) => [`kid ${kid.slice(0, 14)}`, attackerSigned({ kid })],
    );
    const otherUser = encoded(claims({ sub: "18" }));
    const psychic = `${encoded({ alg: "ES256", kid: "k1" })}.${encoded(claims())}`;
    const oddKids = [1, null, ["k1"], { kid: "k1" }, true].map((kid) => [
      `kid ${JSON.stringify(kid)}`,
      attackerSigned({ kid }),
    ]);
    return {
      ...Object.fromEntries([...none, ...kids, ...oddKids]),
      "the public key as a shared secret": hmacSigned(
        { alg: "HS256", kid: "k1" },
        claims(),
        publicPem,
      ),
      "an empty shared secret": hmacSigned({ alg: "HS256" }, claims(), ""),
      "another shared secret": hmacSigned({ alg: "HS256" }, claims(), TEST_SECRET.toUpperCase()),
      "HS384 with the right secret": createSigner({ key: secret, algorithm: "HS384" })(claims()),
      "a key in the header": attackerSigned({ kid: "k1", jwk: attackersJwk }),
      "a key set in the header": attackerSigned({ kid: "evil", jku: trapUrl() }),
      "a certificate in the header": attackerSigned({ kid: "evil", x5u: trapUrl() }),
      "the right key id, another key": attackerSigned({ kid: "k1" }),
      "an empty signature": `${good.slice(0, good.lastIndexOf("."))}.`,
      "no signature": good.slice(0, good.lastIndexOf(".")),
      "a signature of zeros": `${psychic}.${"A".repeat(86)}`,
      "other claims under the signature": `${header}.${otherUser}.${signature}`,
      "five parts": `${good}.${signature}.${signature}`,
      "a critical extension": hmacSigned(
        { alg: "HS256", crit: ["b64"], b64: false },
        claims(),
        secret,
      ),
      "an unknown extension": hmacSigned({ alg: "HS256", crit: ["exp"] }, claims(), secret),
      "no expiry": hmacSigned({ alg: "HS256" }, claims({ exp: undefined }), secret),
      "an endless expiry": hmacSigned({ alg: "HS256" }, claims({ exp: 9e15 }), secret),
      "another audience": hmacSigned({ alg: "HS256" }, claims({ aud: "other" }), secret),
      "another issuer": hmacSigned({ alg: "HS256" }, claims({ iss: "other" }), secret),
      "an issuer in a list": hmacSigned(
        ...([{ alg: "HS256" }, claims({ iss: [ISSUER_SETTINGS.AUTH_ISSUER] }), secret] as const),
      ),
      "an admin token": signAdminToken(api.config.admin.jwtSecret ?? "", {
        ...{ operator: "17", role: "operator", ttlMs: 60_000 },
      }),
      "a queue token": (await waitingBuyer(api)).queueToken,
      "no JSON": `${Buffer.from("{").toString("base64url")}.e30.c2ln`,
      "a long text": `eyJ${"A".repeat(12_000)}`,
    };
  }

  it("is refused with 401, whatever the forgery, and costs the issuer few fetches", async () => {
    expect((await balance(signedBy("k1"))).status, "the real token").to.equal(200);
    const before = issuer.fetches();
    const all = Object.entries(await forgeries());
    expect(all.length).to.be.above(35);
    for (const [name, token] of all) {
      const answer = await balance(token);
      expect([name, answer.status]).to.deep.equal([name, 401]);
      expect(answer.text, name).to.not.match(/\.ts:\d|node_modules|at /);
    }
    expect(issuer.fetches() - before).to.be.at.most(FETCHES_MAX);
    expect(trapped, "requests to the attacker").to.equal(0);
  });

  it("opens no door of an operator or of the waiting room either", async () => {
    for (const [name, token] of Object.entries(await forgeries())) {
      if (name === "an admin token" || name === "a queue token") continue;
      const operator = await api.call("GET", "/api/v1/admin/operations", { token });
      const place = await api.call("GET", "/api/v1/queue/tokens/me", { token });
      expect([name, operator.status, place.status]).to.deep.equal([name, 401, 401]);
    }
  });

  it("does not delay others: 500 tokens with invented key ids, 25 at a time", async () => {
    const before = issuer.fetches();
    let sent = 0;
    const attack = async (): Promise<void> => {
      for (; sent < 500; ) {
        sent += 1;
        expect((await balance(attackerSigned({ kid: `invented-${sent}` }))).status).to.equal(401);
      }
    };
    const attackers = Array.from({ length: 25 }, attack);
    const tookMs: number[] = [];
    for (let ask = 0; ask < 20; ask += 1) {
      const startedMs = performance.now();
      expect((await balance(signedBy("k1"))).status).to.equal(200);
      tookMs.push(performance.now() - startedMs);
    }
    await Promise.all(attackers);
    expect(medianOf(tookMs)).to.be.below(1_000);
    expect(issuer.fetches() - before).to.be.at.most(FETCHES_MAX);
  });
});
