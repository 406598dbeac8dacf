import { generateKeyPairSync } from "node:crypto";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { expect } from "chai";
import { createSigner } from "fast-jwt";
import { accessTokenVerifier, type VerifyAccessToken } from "../../src/auth/accessToken.ts";
import { codeOf } from "../support/codeOf.ts";
import { TEST_SECRET, testConfig } from "../support/testConfig.ts";

const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
const pem = privateKey.export({ type: "pkcs8", format: "pem" }).toString();
const jwk = { ...publicKey.export({ format: "jwk" }), kid: "k1", alg: "RS256", use: "sig" };

const signed = (kid: string, sub = "17"): string =>
  createSigner({ key: pem, algorithm: "RS256", kid })({ sub });

describe("access tokens of a key set", () => {
  let keyServer: Server;
  let answer: "keys" | "failure" | "nothing";
  let asked: number;
  let verify: VerifyAccessToken;

  beforeEach("serves keys", async () => {
    answer = "keys";
    asked = 0;
    keyServer = createServer((_request, response) => {
      asked += 1;
      if (answer === "nothing") return;
      response.statusCode = answer === "keys" ? 200 : 500;
      response.end(JSON.stringify({ keys: [jwk] }));
    });
    keyServer.listen(0, "127.0.0.1");
    await once(keyServer, "listening");
    const address = keyServer.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    const AUTH_JWKS_URL = `http://127.0.0.1:${port}/keys/set.json`;
    verify = accessTokenVerifier(testConfig({ AUTH_JWKS_URL, AUTH_JWT_SECRET: "" }).auth);
  });

  afterEach("stops", () => {
    keyServer.closeAllConnections();
    keyServer.close();
  });

  /** The user, or the code of the refusal. */
  async function judged(token: string): Promise<unknown> {
    try {
      return await verify(token);
    } catch (error) {
      return codeOf(error);
    }
  }

  it("stand for their user, with one look at the keys", async () => {
    expect(await judged(signed("k1", "17"))).to.equal(17);
    expect(await judged(signed("k1", "18"))).to.equal(18);
    expect(asked).to.equal(1);
  });

  it("are refused by an unknown key, a wrong signature, or a shared secret", async () => {
    expect(await judged(signed("k2"))).to.equal("ACCESS_TOKEN_INVALID");
    expect(await judged(`${signed("k1").slice(0, -4)}AAAA`)).to.equal("ACCESS_TOKEN_INVALID");
    const byPublicKey = createSigner({ key: TEST_SECRET, algorithm: "HS256", kid: "k1" });
    expect(await judged(byPublicKey({ sub: "17" }))).to.equal("ACCESS_TOKEN_INVALID");
  });

  it("are unavailable, not invalid, while the key server fails, and work afterwards", async () => {
    answer = "failure";
    expect(await judged(signed("k1"))).to.equal("AUTH_KEYS_UNAVAILABLE");
    answer = "keys";
    expect(await judged(signed("k1"))).to.equal(17);
  });

  it("are answered within a second while the key server hangs", async () => {
    answer = "nothing";
    const startedMs = performance.now();
    expect(await judged(signed("k1"))).to.equal("AUTH_KEYS_UNAVAILABLE");
    expect(performance.now() - startedMs).to.be.below(1000);
    answer = "keys";
    expect(await judged(signed("k1")), "as soon as it answers").to.equal(17);
  });

  it("cannot pile up fetches by inventing key ids", async () => {
    answer = "nothing";
    const tokens = Array.from({ length: 40 }, (_unused, index) => signed(`invented-${index}`));
    const codes = await Promise.all(tokens.map(judged));
    expect(new Set(codes)).to.deep.equal(new Set(["AUTH_KEYS_UNAVAILABLE"]));
    expect(asked).to.be.at.most(8);
  });
});
