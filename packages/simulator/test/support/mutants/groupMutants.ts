import { failureKind, type groupRunner } from "@onsale/core/testing";
import { lateRefusals, lostCommits } from "./circumstances.ts";
import { editedModule, replacing } from "./editedModule.ts";
import type { Edit } from "./editedSql.ts";
import { type CaughtFault, type HarmlessFault, otherPorts } from "./plantedFault.ts";

const FOLDER = "packages/core/src/adapters/sql/group";
const GROUP_RUNNER = `${FOLDER}/groupRunner.ts`;
const LINE = `${FOLDER}/groupLine.ts`;
const GATHERING = `${FOLDER}/gathering.ts`;
const ROOT = new URL("../../../../../", import.meta.url);

type GroupRunnerModule = { readonly groupRunner: typeof groupRunner };

const asItIs: Edit = (text) => text;

/** Runs the product's transactions in groups of an edited mechanism. */
async function withEdited(gathering: Edit | undefined, line: Edit) {
  const copy = gathering && (await editedModule(new URL(GATHERING, ROOT), gathering));
  const linked: Edit = copy ? replacing('"./gathering.ts"', JSON.stringify(copy.href)) : asItIs;
  const lineCopy = await editedModule(new URL(LINE, ROOT), (text) => linked(line(text)));
  const { module } = await editedModule<GroupRunnerModule>(
    new URL(GROUP_RUNNER, ROOT),
    replacing('"./groupLine.ts"', JSON.stringify(lineCopy.href)),
  );
  return () =>
    otherPorts(({ core }) => {
      const { withTransaction, clock, metrics, config } = core;
      const lanes = { ...config.groups, lanes: 1 };
      const ports = { clock, metrics, failureKind, nextTurn: () => clock.sleep(100) };
      return {
        withTransaction: module.groupRunner((work) => withTransaction(work), lanes, ports),
      };
    });
}

/** A fault of the mechanism: a part of its text, and the text in its place. */
const inGathering = (part: string, by = ""): ReturnType<typeof withEdited> =>
  withEdited(replacing(part, by), asItIs);
const inLine = (part: string, by = ""): ReturnType<typeof withEdited> =>
  withEdited(undefined, replacing(part, by));

const POISON = "if (stuck.length > 0) {";
const ENDED = "if (this.#failure) throw this.#failure.error;\n      try {";
const UNDO = "await this.#undo(leavers);";
const RUN = "new Gathering(tx, this.#ports.failureKind).run(members.map(({ work }) => work)),";
const ANSWER_EARLY = `new Gathering(tx, this.#ports.failureKind)
          .run(members.map(({ work }) => work))
          .then((all) => {
            for (const [at, member] of members.entries()) {
              const outcome = all[at];
              if (outcome) this.#settle(member, outcome);
            }
            return all;
          }),`;
const OTHERS = "await this.#runGroup(others);";
const ONE_EACH = "&& !this.#busyUsers.has(member.userId)";

const poisonKept = await inGathering(POISON, "if (stuck.length < 0) {");
const endIgnored = await inGathering(ENDED, "try {");
const undoForgotten = await inGathering(UNDO);
const answeredEarly = await inLine(RUN, ANSWER_EARLY);
const othersForgotten = await inLine(OTHERS);
const buyersMixed = await inLine(ONE_EACH);

/** Faults of grouped transactions. */
export const groupMutants: readonly CaughtFault[] = [
  {
    name: "group with a failed member",
    plants: "a group commits although one of its members failed after it had written",
    place: { path: GATHERING, text: POISON },
    circumstances: lateRefusals,
    caughtBy: ["answers", "loops", "I1", "I2", "I4", "I5", "I9", "charges", "sales"],
    seedsMax: 40,
    plant: poisonKept,
  },
  {
    name: "key of a refused member",
    plants: "the idempotency key of a member that was refused stays started",
    place: { path: GATHERING, text: UNDO },
    caughtBy: ["I10", "loops"],
    seedsMax: 20,
    plant: undoForgotten,
  },
  {
    name: "answers before COMMIT",
    plants: "members of a group get their answers before the COMMIT",
    place: { path: LINE, text: RUN },
    circumstances: lostCommits,
    caughtBy: ["I10", "keys"],
    seedsMax: 150,
    plant: answeredEarly,
  },
  {
    name: "others of a split group",
    plants: "a group that lost a member never runs its other members",
    place: { path: LINE, text: OTHERS },
    circumstances: lateRefusals,
    caughtBy: ["liveness", "charges", "service"],
    seedsMax: 100,
    plant: othersForgotten,
  },
];

/** Benign mutants of grouped transactions. */
export const harmlessGroupMutants: readonly HarmlessFault[] = [
  {
    name: "group after its transaction",
    plants: "a group sends statements after its transaction has ended",
    place: { path: GATHERING, text: ENDED },
    because: "the in-memory server refuses the statements; a unit test of the group counts them",
    plant: endIgnored,
  },
  {
    name: "two works of a buyer",
    plants: "a group may have two works of one buyer",
    place: { path: LINE, text: ONE_EACH },
    because: "the joint steps of keys and entries refuse two of one buyer, and then all run alone",
    plant: buyersMixed,
  },
];
