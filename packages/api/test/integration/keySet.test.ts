import { once } from "node:events";
import { type Clock, systemClock } from "@onsale/core";
import { expect } from "chai";
import { createSigner } from "fast-jwt";
import { accessTokenVerifier, type VerifyAccessToken } from "../../src/auth/accessToken.ts";
import { codeOf } from "../support/codeOf.ts";
import {
  fail,
  hang,
  ISSUER_SETTINGS,
  jwkOf,
  type KeyIssuer,
  openKeyIssuer,
  otherJwkOf,
  signedBy,
} from "../support/keyIssuer.ts";
import { recordingLog } from "../support/recordingLog.ts";
import { TEST_SECRET, testConfig } from "../support/testConfig.ts";

const SECOND = 1000;

describe("access tokens that a key set verifies", () => {
  let issuer: KeyIssuer;
  let log: ReturnType<typeof recordingLog>;
  let verify: VerifyAccessToken;
  /** The time, which only the test moves; sleeping takes real time. */
  let movedMs: number;

  beforeEach("opens an issuer that publishes k1", async () => {
    movedMs = 0;
    issuer = await openKeyIssuer();
    issuer.publish(jwkOf("k1"));
    log = recordingLog();
    const clock: Clock = {
      ...systemClock,
      monotonicMs: () => movedMs,
    };
    const settings = { AUTH_JWKS_URL: issuer.url, AUTH_JWT_SECRET: "", ...ISSUER_SETTINGS };
    const { auth } = testConfig(settings);
    verify = accessTokenVerifier(auth, { clock, log }, () => expect.fail("no subject is a text"));
  });

  afterEach("closes the issuer", () => issuer.close());

  /** The user, or the code of the refusal. */
  async function judged(token: string): Promise<unknown> {
    try {
      return await verify(token);
    } catch (error) {
      return codeOf(error);
    }
  }

  /** Waits for the fetch in flight, as every lookup of a key that is not known does. */
  const fetchInFlight = (): Promise<unknown> => judged(signedBy("not-published"));

  it("authenticate their user, with one fetch of the key set for all tokens", async () => {
    expect(await judged(signedBy("k1", "17"))).to.equal(17);
    expect(await judged(signedBy("k1", "18"))).to.equal(18);
    expect(issuer.fetches()).to.equal(1);
  });

  it("are refused with an unknown key, a wrong signature or a shared secret", async () => {
    expect(await judged(signedBy("k2"))).to.equal("ACCESS_TOKEN_INVALID");
    expect(await judged(`${signedBy("k1").slice(0, -4)}AAAA`)).to.equal("ACCESS_TOKEN_INVALID");
    const byPublicKey = createSigner({ key: TEST_SECRET, algorithm: "HS256", kid: "k1" });
    expect(await judged(byPublicKey({ sub: "17" }))).to.equal("ACCESS_TOKEN_INVALID");
    expect(await judged(signedBy(""))).to.equal("ACCESS_TOKEN_INVALID");
  });

  it("get AUTH_KEYS_UNAVAILABLE while the issuer fails, and work afterwards", async () => {
    issuer.answerWith(fail);
    expect(await judged(signedBy("k1"))).to.equal("AUTH_KEYS_UNAVAILABLE");
    issuer.publish(jwkOf("k1"));
    expect(await judged(signedBy("k1"))).to.equal(17);
  });

  it("get an answer within a second while the issuer hangs", async () => {
    issuer.answerWith(hang);
    const startedMs = performance.now();
    expect(await judged(signedBy("k1"))).to.equal("AUTH_KEYS_UNAVAILABLE");
    expect(performance.now() - startedMs).to.be.below(1000);
    issuer.publish(jwkOf("k1"));
    expect(await judged(signedBy("k1")), "as soon as the issuer answers").to.equal(17);
  });

  it("share one fetch when 40 key ids arrive before the first answer", async () => {
    issuer.answerWith(hang);
    const tokens = Array.from({ length: 40 }, (_unused, index) => signedBy(`invented-${index}`));
    const codes = await Promise.all(tokens.map(judged));
    expect(new Set(codes)).to.deep.equal(new Set(["AUTH_KEYS_UNAVAILABLE"]));
    expect(issuer.fetches()).to.equal(1);
  });

  describe("signed with a withdrawn key", () => {
    it("are refused after the next fetch, even when they are used every 5 s", async () => {
      const token = signedBy("k1");
      expect(await judged(token)).to.equal(17);
      issuer.publish(jwkOf("k2"));
      const results: unknown[] = [];
      for (let second = 5; second <= 40; second += 5) {
        movedMs += 5 * SECOND;
        results.push(await judged(token));
        if (issuer.fetches() === 1 && second >= 30) await fetchInFlight();
      }
      expect(results.slice(0, 6), "until the set is 30 s old").to.deep.equal(Array(6).fill(17));
      expect(results.slice(6)).to.deep.equal(Array(2).fill("ACCESS_TOKEN_INVALID"));
    });

    it("are refused at the first use after a long pause", async () => {
      expect(await judged(signedBy("k1"))).to.equal(17);
      issuer.publish();
      movedMs += 61 * SECOND;
      expect(await judged(signedBy("k1"))).to.equal("ACCESS_TOKEN_INVALID");
    });

    it("are refused when the issuer gave the key id to another key", async () => {
      const token = signedBy("k1");
      expect(await judged(token)).to.equal(17);
      issuer.publish(otherJwkOf("k1"), jwkOf("k2"));
      expect(await judged(signedBy("k2"))).to.equal(17);
      expect(await judged(token)).to.equal("ACCESS_TOKEN_INVALID");
      issuer.publish(jwkOf("k1"), jwkOf("k3"));
      expect(await judged(signedBy("k3"))).to.equal(17);
      expect(await judged(token)).to.equal(17);
    });

    it("are refused after a fetch for another key has shown the withdrawal", async () => {
      expect(await judged(signedBy("k1"))).to.equal(17);
      issuer.publish(jwkOf("k2"));
      expect(await judged(signedBy("k2"))).to.equal(17);
      expect(await judged(signedBy("k1"))).to.equal("ACCESS_TOKEN_INVALID");
    });
  });

  describe("during an outage of the issuer", () => {
    beforeEach("knows k1, then loses the issuer", async () => {
      expect(await judged(signedBy("k1"))).to.equal(17);
      issuer.answerWith(fail);
    });

    it("are accepted with the old keys for ten minutes, and no longer", async () => {
      for (let minute = 1; minute < 10; minute += 1) {
        movedMs += 60 * SECOND;
        expect(await judged(signedBy("k1")), `minute ${minute}`).to.equal(17);
        await fetchInFlight();
      }
      movedMs += 61 * SECOND;
      expect(await judged(signedBy("k1"))).to.equal("AUTH_KEYS_UNAVAILABLE");
      expect(log.lines.map((line) => line.fields.event)).to.deep.equal(["auth.key_set_failed"]);
    });

    it("are verified with the new keys after the first fetch after the outage", async () => {
      movedMs += 61 * SECOND;
      expect(await judged(signedBy("k1")), "old keys").to.equal(17);
      issuer.publish(jwkOf("k2"));
      expect(await judged(signedBy("k2"))).to.equal(17);
      expect(await judged(signedBy("k1"))).to.equal("ACCESS_TOKEN_INVALID");
    });

    it("do not wait for the issuer again after a fetch has failed", async () => {
      movedMs += 61 * SECOND;
      await judged(signedBy("k1"));
      issuer.answerWith(hang);
      expect(verify(signedBy("k1")), "answered without a promise").to.equal(17);
    });

    it("cause fetches with growing pauses", async () => {
      movedMs += 61 * SECOND;
      for (let use = 0; use < 200; use += 1) {
        await judged(signedBy("k1", String(use + 1)));
        await fetchInFlight();
        movedMs += 100;
      }
      // In 20 s: two fetches without a pause, then fetches after 0.25, 0.5, 1, 2, 4 and 5 s.
      expect(issuer.fetches()).to.be.within(8, 11);
    });
  });

  describe("with a key id that the issuer does not know", () => {
    beforeEach("knows k1", async () => {
      expect(await judged(signedBy("k1"))).to.equal(17);
    });

    it("cause at most three fetches in eight seconds, whatever their number", async () => {
      for (let round = 0; round < 16; round += 1) {
        const tokens = Array.from({ length: 32 }, (_unused, index) =>
          signedBy(`invented-${round}-${index}`),
        );
        const codes = await Promise.all(tokens.map(judged));
        expect(new Set(codes)).to.deep.equal(new Set(["ACCESS_TOKEN_INVALID"]));
        movedMs += SECOND / 2;
      }
      expect(issuer.fetches() - 1).to.be.within(1, 3);
    });

    it("cause one fetch when the same id comes again within ten seconds", async () => {
      for (let second = 0; second < 10; second += 1) {
        expect(await judged(signedBy("invented"))).to.equal("ACCESS_TOKEN_INVALID");
        movedMs += 900;
      }
      expect(issuer.fetches()).to.equal(2);
    });

    it("do not delay tokens with known keys while the fetch for the new key hangs", async () => {
      issuer.answerWith(hang);
      const invented = judged(signedBy("invented"));
      expect(verify(signedBy("k1")), "answered without a promise").to.equal(17);
      issuer.publish(jwkOf("k1"));
      expect(await invented).to.equal("ACCESS_TOKEN_INVALID");
    });

    it("are accepted immediately when the issuer has just added the key", async () => {
      issuer.publish(jwkOf("k1"), jwkOf("k2"));
      expect(await judged(signedBy("k2"))).to.equal(17);
    });
  });

  it("are refused with a key that is not for signatures of this algorithm", async () => {
    issuer.publish(
      jwkOf("encryption", { use: "enc" }),
      jwkOf("other-algorithm", { alg: "PS256" }),
      jwkOf("other-operation", { key_ops: ["encrypt"] }),
      { kty: "RSA", kid: "broken", n: "AA" },
      { kty: "oct", kid: "secret", k: "c2VjcmV0" },
      "not a key",
      jwkOf("k1"),
    );
    for (const kid of ["encryption", "other-algorithm", "other-operation", "broken", "secret"]) {
      expect(await judged(signedBy(kid)), kid).to.equal("ACCESS_TOKEN_INVALID");
    }
    expect(await judged(signedBy("k1"))).to.equal(17);
  });

  it("get AUTH_KEYS_UNAVAILABLE when the issuer sends an endless body or a redirect", async () => {
    let closed: Promise<unknown> = Promise.resolve();
    issuer.answerWith((response) => {
      closed = once(response, "close");
      const more = (): void => {
        while (!response.destroyed && response.write(" ".repeat(65_536)));
      };
      response.on("drain", more);
      more();
    });
    expect(await judged(signedBy("k1"))).to.equal("AUTH_KEYS_UNAVAILABLE");
    await closed;
    issuer.answerWith((response) => response.writeHead(302, { location: "/elsewhere" }).end());
    expect(await judged(signedBy("k1"))).to.equal("AUTH_KEYS_UNAVAILABLE");
    const reason = log.lines.map((line) => String(line.fields.reason)).join();
    expect(reason).to.contain("larger than 262144 bytes");
  });
});
