import type { Tx } from "../../../ports/transaction.ts";
import type { FailureKind } from "../../shared/failureKind.ts";
import { GroupSplitError, MustRunAloneError, NothingToCommitError } from "./groupErrors.ts";
import type { Settled } from "./settled.ts";
import { ALONE, MemberTx, rankOf, type SharedTransaction, type Step } from "./step.ts";

/** A member's call, with the types of its step removed. */
interface Call {
  readonly member: Member;
  readonly args: unknown;
  resolve(result: unknown): void;
  reject(error: unknown): void;
}

/** A step as the gathering sees it: it only hands arguments and results on. */
type AnyStep = Step<unknown, unknown>;

interface Member {
  /** Its place in the group, in the order in which the members came. */
  readonly place: number;
  readonly tx: MemberTx;
  /** Steps of the member that wrote, and can still be undone. */
  readonly undoable: { readonly step: AnyStep; readonly args: unknown }[];
  /** True when only a rollback can remove what the member wrote. */
  hasWritten: boolean;
}

/**
 * Runs the works of one group side by side in one transaction, in step: when every member waits
 * for the database, the earliest step of all is done for all members that wait at it.
 */
export class Gathering implements SharedTransaction {
  readonly root: Tx;
  readonly #failureKind: (error: unknown) => FailureKind;
  readonly #waiting = new Map<AnyStep, Call[]>();
  readonly #members = new Map<MemberTx, Member>();
  #waitingCount = 0;
  #liveCount = 0;
  #isBusy = false;
  #lastStatement: Promise<unknown> = Promise.resolve();
  #failure: { readonly error: unknown } | undefined;

  constructor(root: Tx, failureKind: (error: unknown) => FailureKind) {
    this.root = root;
    this.#failureKind = failureKind;
  }

  /**
   * Runs all works to their ends.
   * @returns their outcomes, which are true once the transaction is committed
   * @throws GroupSplitError, NothingToCommitError, or the error that ended the transaction
   */
  async run<T>(works: readonly ((tx: Tx) => Promise<T>)[]): Promise<Settled<T>[]> {
    this.#liveCount = works.length;
    const members = works.map(() => this.#newMember());
    const settled = await Promise.all(
      members.map(async ({ tx }, at): Promise<Settled<T>> => {
        try {
          const value = await (works[at] as (tx: Tx) => Promise<T>)(tx);
          return { kind: "value", value };
        } catch (error) {
          return { kind: "error", error };
        } finally {
          this.#liveCount -= 1;
          this.#continue();
        }
      }),
    );
    if (this.#failure) throw this.#failure.error;
    const leavers = members.filter((_member, at) => settled[at]?.kind === "error");
    const stuck = leavers.filter(({ hasWritten }) => hasWritten);
    if (stuck.length > 0) {
      throw new GroupSplitError(new Set(stuck.map(({ place }) => place)));
    }
    if (leavers.length === members.length) {
      throw new NothingToCommitError(settled.filter((outcome) => outcome.kind === "error"));
    }
    await this.#undo(leavers);
    return settled;
  }

  call<Args, Result>(tx: MemberTx, step: Step<Args, Result>, args: Args): Promise<Result> {
    const member = this.#memberOf(tx);
    return new Promise<Result>((resolve, reject) => {
      // Each step gets back exactly the arguments that it gave, so the types that are removed here
      // hold again when the step runs.
      const key = step as unknown as AnyStep;
      const calls = this.#waiting.get(key) ?? [];
      calls.push({ member, args, resolve: resolve as (result: unknown) => void, reject });
      this.#waiting.set(key, calls);
      this.#waitingCount += 1;
      this.#continue();
    });
  }

  async statement<T>(tx: MemberTx, writes: boolean, run: () => Promise<T>): Promise<T> {
    const member = this.#memberOf(tx);
    if (writes) member.hasWritten = true;
    return this.#inTurn(run, new Set([member.place]));
  }

  #newMember(): Member {
    const tx = new MemberTx(this);
    const member = { place: this.#members.size, tx, undoable: [], hasWritten: false };
    this.#members.set(tx, member);
    return member;
  }

  #memberOf(tx: MemberTx): Member {
    const member = this.#members.get(tx);
    if (!member) throw new Error("the handle belongs to another group");
    return member;
  }

  /**
   * Sends one statement after the answer to the last one. After an error that ended the
   * transaction, the connection would commit each further statement by itself, so none is sent.
   * @param guilty the only member that needs the statement
   */
  #inTurn<T>(run: () => Promise<T>, guilty?: ReadonlySet<number>): Promise<T> {
    const turn = this.#lastStatement.then(async () => {
      if (this.#failure) throw this.#failure.error;
      try {
        return await run();
      } catch (error) {
        throw this.#noteFailure(error, guilty);
      }
    });
    this.#lastStatement = turn.catch(() => undefined);
    return turn;
  }

  /**
   * Remembers an error after which the transaction does not exist, or must not go on.
   * @returns the error that then ends the group, or the error itself
   */
  #noteFailure(error: unknown, guilty: ReadonlySet<number> | undefined): unknown {
    const kind = this.#failureKind(error);
    if (kind === "restart" || kind === "connection" || kind === "refused") {
      this.#failure ??= { error };
    }
    if (kind === "lock-wait" || kind === "locked") {
      this.#failure ??= { error: new GroupSplitError(guilty) };
    }
    return this.#failure?.error ?? error;
  }

  /** When every member waits, does the earliest step for the members that wait at it. */
  #continue(): void {
    if (this.#isBusy || this.#waitingCount === 0 || this.#waitingCount < this.#liveCount) return;
    const [step] = [...this.#waiting.keys()].sort((a, b) => rankOf(a) - rankOf(b));
    if (!step) return;
    const calls = (this.#waiting.get(step) ?? []).sort((a, b) => a.member.place - b.member.place);
    this.#waiting.delete(step);
    this.#isBusy = true;
    void this.#doStep(step, calls).finally(() => {
      this.#isBusy = false;
      this.#waitingCount -= calls.length;
      this.#continue();
    });
  }

  async #doStep(step: AnyStep, calls: readonly Call[]): Promise<void> {
    let results: readonly unknown[];
    try {
      results = await this.#inTurn(() =>
        step.many(
          this.root,
          calls.map(({ args }) => args),
        ),
      );
    } catch (error) {
      // Half of the step may be written.
      this.#failure ??= { error: new GroupSplitError() };
      for (const call of calls) call.reject(error);
      return;
    }
    for (const [at, { member, args, resolve, reject }] of calls.entries()) {
      const result = results[at];
      if (result === ALONE) {
        reject(new MustRunAloneError(step.name));
        continue;
      }
      if (step.wrote(result)) {
        if (step.undo) member.undoable.push({ step, args });
        else member.hasWritten = true;
      }
      resolve(result);
    }
  }

  async #undo(leavers: readonly Member[]): Promise<void> {
    const written = leavers.flatMap(({ undoable }) => undoable);
    for (const [step, all] of Map.groupBy(written, (one) => one.step)) {
      await this.#inTurn(async () =>
        step.undo?.(
          this.root,
          all.map(({ args }) => args),
        ),
      );
    }
  }
}
