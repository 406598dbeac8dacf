import { expect } from "chai";
import { queueAccess, userAccess } from "../../src/auth/access.ts";
import { ANONYMOUS, type Identity, type PresentedQueueToken } from "../../src/auth/identity.ts";
import {
  AuthenticationRequiredError,
  ForeignUserError,
  InvalidRequestError,
  QueueTokenRequiredError,
  UserNotFoundError,
} from "../../src/problems/errors.ts";

const tokenOf = (userId: number): PresentedQueueToken => ({
  token: "t",
  claims: { queueId: "main", userId, sequence: 1, epoch: 1, issuedAtMs: 0 },
});
const proven = (userId: number): Identity => ({ ...ANONYMOUS, userId });
const believing: Identity = { ...ANONYMOUS, trustsStatedUser: true };
const write = (userId?: number) => ({ userId, reads: false });
const read = (userId?: number) => ({ userId, reads: true });

describe("the door for users", () => {
  it("lets a proven user in, named or not", () => {
    expect(userAccess.resolve(proven(7), write()).userId).to.equal(7);
    expect(userAccess.resolve(proven(7), write(7)).userId).to.equal(7);
  });

  it("refuses to write for another user, and hides another user from reads", () => {
    expect(() => userAccess.resolve(proven(7), write(8))).to.throw(ForeignUserError);
    expect(() => userAccess.resolve(proven(7), read(8))).to.throw(UserNotFoundError);
  });

  it("refuses nobody", () => {
    expect(() => userAccess.resolve(ANONYMOUS, write(8))).to.throw(AuthenticationRequiredError);
  });

  it("believes the claim in trusted mode, before a queue token's user", () => {
    expect(userAccess.resolve(believing, write(8)).userId).to.equal(8);
    const withToken = { ...believing, userId: 7, queueToken: tokenOf(7) };
    expect(userAccess.resolve(withToken, write()).userId).to.equal(7);
    expect(userAccess.resolve(withToken, write(8)).userId).to.equal(8);
    expect(() => userAccess.resolve(believing, write())).to.throw(InvalidRequestError);
  });

  it("passes a queue token on only when it is the caller's own", () => {
    const identity = { ...proven(7), queueToken: tokenOf(7) };
    expect(userAccess.resolve(identity, write()).queueToken).to.deep.equal(tokenOf(7));
    const foreign = { ...believing, queueToken: tokenOf(7) };
    expect(userAccess.resolve(foreign, write(8)).queueToken).to.equal(undefined);
  });
});

describe("the door for holders of a queue token", () => {
  it("takes the user from the token", () => {
    const identity = { ...ANONYMOUS, queueToken: tokenOf(7) };
    expect(queueAccess.resolve(identity, write()).userId).to.equal(7);
    expect(queueAccess.resolve(identity, write(7)).userId).to.equal(7);
  });

  it("refuses another user's name, in the body or from the gateway", () => {
    const identity = { ...ANONYMOUS, queueToken: tokenOf(7) };
    expect(() => queueAccess.resolve(identity, write(8))).to.throw(ForeignUserError);
    const gateway = { ...identity, userId: 8 };
    expect(() => queueAccess.resolve(gateway, write())).to.throw(ForeignUserError);
  });

  it("refuses whoever has none", () => {
    expect(() => queueAccess.resolve(proven(7), write())).to.throw(QueueTokenRequiredError);
  });
});
