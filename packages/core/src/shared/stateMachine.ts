import assert from "node:assert/strict";

/** For each state, the states that may follow it. */
export type TransitionTable<S extends string> = Readonly<Record<S, readonly S[]>>;

export interface StateMachine<S extends string> {
  readonly states: readonly S[];
  canMove(from: S, to: S): boolean;
  /**
   * Fails an assertion when the table does not allow the transition, because core then has a bug.
   */
  requireMove(from: S, to: S): void;
  isFinal(state: S): boolean;
}

/**
 * Makes a state machine from a transition table. The table is checked when the module loads: every
 * target is a known state, no state moves to itself, and every state can be reached from `initial`.
 */
export function stateMachine<S extends string>(
  name: string,
  initial: S,
  table: TransitionTable<S>,
): StateMachine<S> {
  const rows = new Map<string, readonly S[]>(Object.entries<readonly S[]>(table));
  const reached = new Set<S>([initial]);
  for (const state of reached) {
    const next = rows.get(state);
    assert(next, `${name}: ${state} has no row in its transition table`);
    assert(!next.includes(state), `${name}: ${state} may not move to itself`);
    for (const target of next) reached.add(target);
  }
  assert.equal(reached.size, rows.size, `${name}: some states cannot be reached from ${initial}`);
  const follows = (from: S): readonly S[] => rows.get(from) ?? [];
  return {
    states: [...reached],
    canMove: (from, to) => follows(from).includes(to),
    requireMove(from, to) {
      assert(follows(from).includes(to), `${name}: no transition from ${from} to ${to}`);
    },
    isFinal: (state) => follows(state).length === 0,
  };
}
