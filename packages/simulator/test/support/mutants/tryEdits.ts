import assert from "node:assert/strict";
import { runSeed } from "../../../src/virtual/runSeed.ts";
import { traceDigest } from "../../../src/virtual/trace.ts";
import type { CheckId } from "../../../src/virtual/violations.ts";
import { type Edit, editedSql } from "./editedSql.ts";
import type { GeneratedEdit } from "./generatedEdits.ts";
import type { UnseenEdit } from "./unseenEdits.ts";

type Edits = readonly GeneratedEdit[];

/** Makes several edits together, also of one statement. */
export function editsOf(edits: Edits): Readonly<Record<string, Edit>> {
  const byStatement: Record<string, Edit> = {};
  for (const { statement, edit } of edits) {
    const before = byStatement[statement];
    byStatement[statement] = before ? (text) => edit(before(text)) : edit;
  }
  return byStatement;
}

/** Runs a seed with the edits. @returns the checks that find a violation, and the trace */
async function runWith(seed: number, edits: Edits) {
  const mutant = edits.length === 0 ? undefined : editedSql(editsOf(edits));
  const { violations, trace } = await runSeed(seed, { mutant, traced: true });
  return { checks: [...new Set(violations.map(({ check }) => check))], trace: traceDigest(trace) };
}

/**
 * Tries many edits in one seed with few runs: it makes the edits of a group in one run. When this
 * run leaves the trace of the unedited product, byte for byte, no edit of the group had an effect.
 * Otherwise the halves of the group run, down to single edits.
 */
export class EditGroups {
  #groups: readonly Edits[];
  /** Edits that run alone, because they had an effect in the seed before. */
  readonly #single = new Set<GeneratedEdit>();

  /** @param unseen edits that earlier measurements did not see; the others run alone */
  constructor(edits: Edits, unseen: ReadonlyMap<string, UnseenEdit>) {
    this.#groups = groupsOf(edits, unseen);
    for (const edit of edits) if (!unseen.has(edit.name)) this.#single.add(edit);
  }

  /** Runs a seed. @returns the checks that detect each edit; a detected edit does not run again */
  async run(seed: number): Promise<ReadonlyMap<GeneratedEdit, readonly CheckId[]>> {
    const unedited = await runWith(seed, []);
    assert(unedited.checks.length === 0, `the product without an edit fails seed ${seed}`);
    const seen = new Map<GeneratedEdit, readonly CheckId[]>();

    const tryGroup = async (group: Edits): Promise<void> => {
      const [first] = group;
      if (!first) return;
      const { checks, trace } = await runWith(seed, group);
      if (checks.length === 0 && trace === unedited.trace) {
        this.#single.delete(first);
        return;
      }
      if (group.length === 1) {
        this.#single.add(first);
        if (checks.length > 0) seen.set(first, checks);
        return;
      }
      const half = Math.ceil(group.length / 2);
      await tryGroup(group.slice(0, half));
      await tryGroup(group.slice(half));
    };

    for (const edit of [...this.#single]) await tryGroup([edit]);
    const earlier = new Set(this.#single);
    for (const group of this.#groups) await tryGroup(group.filter((edit) => !earlier.has(edit)));
    this.#groups = this.#groups.map((group) => group.filter((edit) => !seen.has(edit)));
    for (const edit of seen.keys()) this.#single.delete(edit);
    return seen;
  }
}

/** An edit and its guard do not share a group, because together they have an effect. */
function groupsOf(edits: Edits, unseen: ReadonlyMap<string, UnseenEdit>): readonly Edits[] {
  const guards = ({ name }: GeneratedEdit): readonly string[] => unseen.get(name)?.guards ?? [];
  const groups: GeneratedEdit[][] = [];
  for (const edit of edits) {
    const fits = groups.find((group) =>
      group.every(
        (other) => !guards(other).includes(edit.name) && !guards(edit).includes(other.name),
      ),
    );
    if (fits) fits.push(edit);
    else groups.push([edit]);
  }
  return groups;
}
