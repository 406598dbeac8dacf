import { expect } from "chai";
import { createSigner } from "fast-jwt";
import { fastJwtTokenSigner } from "../../../src/adapters/token/fastJwtTokenSigner.ts";
import type { QueueTokenClaims } from "../../../src/ports/tokenSigner.ts";
import { InvalidQueueTokenError } from "../../../src/queue/errors.ts";

const OLD_KEY = { kid: "2026-01", secret: "an-old-secret-of-thirty-two-chars!" };
const NEW_KEY = { kid: "2026-02", secret: "a-new-secret-of-thirty-two-chars!!" };

const CLAIMS: QueueTokenClaims = {
  queueId: "main",
  userId: 42,
  sequence: 1_790_000_000_123_456,
  epoch: 3,
  issuedAtMs: 1_790_000_000_123,
  pollAfterMs: 8_585,
  activeUntilMs: undefined,
};

function base64url(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}

function payloadOf(token: string): Record<string, unknown> {
  const [, payload = ""] = token.split(".");
  return JSON.parse(Buffer.from(payload, "base64url").toString());
}

describe("a queue token", () => {
  const signer = fastJwtTokenSigner([NEW_KEY]);
  const token = signer.sign(CLAIMS);

  function expectRefused(forged: string): void {
    expect(() => signer.verify(forged)).to.throw(InvalidQueueTokenError);
  }

  it("is verified to the claims that were signed", () => {
    expect(signer.verify(token)).to.deep.equal(CLAIMS);
  });

  it("contains the end of the admission when the place is active", () => {
    const active = { ...CLAIMS, activeUntilMs: 1_790_000_600_000 };
    expect(signer.verify(signer.sign(active))).to.deep.equal(active);
  });

  it("is signed with the first key of the ring and verified with every key", () => {
    const before = fastJwtTokenSigner([OLD_KEY]).sign(CLAIMS);
    const rotated = fastJwtTokenSigner([NEW_KEY, OLD_KEY]);
    expect(rotated.verify(before)).to.deep.equal(CLAIMS);
    expect(signer.verify(rotated.sign(CLAIMS))).to.deep.equal(CLAIMS);
  });

  it("is refused when its key was removed from the ring", () => {
    expectRefused(fastJwtTokenSigner([OLD_KEY]).sign(CLAIMS));
  });

  it("is refused with another secret under a known key id", () => {
    expectRefused(fastJwtTokenSigner([{ ...OLD_KEY, kid: NEW_KEY.kid }]).sign(CLAIMS));
  });

  it("is refused with changed claims", () => {
    const [header, , signature] = token.split(".");
    const altered = base64url({ ...payloadOf(token), user: 43 });
    expectRefused(`${header}.${altered}.${signature}`);
  });

  it("is refused without a signature, whatever algorithm its header names", () => {
    const [header, payload] = token.split(".");
    expectRefused(`${header}.${payload}.`);
    expectRefused(`${base64url({ alg: "none", typ: "JWT", kid: NEW_KEY.kid })}.${payload}.`);
  });

  it("is refused when another algorithm signed it, even with the right secret", () => {
    const sign = createSigner({ key: NEW_KEY.secret, algorithm: "HS512", kid: NEW_KEY.kid });
    expectRefused(sign(payloadOf(token)));
  });

  it("is refused when it is an access token with the same secret and key id", () => {
    const sign = createSigner({ key: NEW_KEY.secret, algorithm: "HS256", kid: NEW_KEY.kid });
    expectRefused(sign({ sub: "42", scope: "user" }));
    expectRefused(sign({ ...payloadOf(token), aud: "onsale-api" }));
    expectRefused(sign({ ...payloadOf(token), aud: undefined }));
  });

  it("has no subject, so that no verifier accepts it as an access token", () => {
    expect(payloadOf(token)).not.to.have.property("sub");
  });

  for (const [name, change] of Object.entries({
    "a user that is not a number": { user: "42" },
    "a sequence that is not a whole number": { sequence: 1.5 },
    "an epoch of zero": { epoch: 0 },
    "a queue id that is too long": { queue: "q".repeat(65) },
    "an admission's end that is text": { activeUntilMs: "later" },
  })) {
    it(`is refused with ${name}, even when it is signed`, () => {
      const sign = createSigner({
        key: NEW_KEY.secret,
        algorithm: "HS256",
        kid: NEW_KEY.kid,
        noTimestamp: true,
      });
      expectRefused(sign({ ...payloadOf(token), ...change }));
    });
  }

  for (const [name, text] of Object.entries({
    "an empty text": "",
    "a text without dots": "token",
    "two segments": token.split(".").slice(0, 2).join("."),
    "four segments": `${token}.x`,
    "white space around it": ` ${token}`,
    "a line break behind it": `${token}\n`,
    "more than a kilobyte": `${token}${"A".repeat(1024)}`,
  })) {
    it(`is refused when it is ${name}`, () => expectRefused(text));
  }

  it("is short enough for the longest queue id and the largest numbers", () => {
    const largest: QueueTokenClaims = {
      queueId: "q".repeat(64),
      userId: Number.MAX_SAFE_INTEGER,
      sequence: Number.MAX_SAFE_INTEGER,
      epoch: 4_294_967_295,
      issuedAtMs: Number.MAX_SAFE_INTEGER,
      pollAfterMs: Number.MAX_SAFE_INTEGER,
      activeUntilMs: Number.MAX_SAFE_INTEGER,
    };
    expect(signer.verify(signer.sign(largest))).to.deep.equal(largest);
  });

  it("is verified once, and its claims are remembered", () => {
    const other = fastJwtTokenSigner([NEW_KEY]);
    expect(other.verify(token)).to.equal(other.verify(token));
    expect(() => Object.assign(other.verify(token), { userId: 43 })).to.throw(TypeError);
  });

  it("is verified again after so many other tokens that it was forgotten", () => {
    const other = fastJwtTokenSigner([NEW_KEY]);
    const first = other.verify(token);
    for (let userId = 1; userId <= 20_000; userId += 1) {
      other.verify(other.sign({ ...CLAIMS, userId }));
    }
    expect(other.verify(token)).to.deep.equal(first);
    expect(other.verify(token)).not.to.equal(first);
  });

  it("is refused when one character was changed, also after it was verified", () => {
    signer.verify(token);
    // The last character has bits that no decoder reads.
    for (let at = 0; at < token.length - 1; at += 1) {
      if (token[at] === ".") continue;
      const changed = token[at] === "A" ? "E" : "A";
      expectRefused(`${token.slice(0, at)}${changed}${token.slice(at + 1)}`);
    }
  });

  it("needs a signer with at least one key", () => {
    expect(() => fastJwtTokenSigner([])).to.throw("at least one key");
  });
});
