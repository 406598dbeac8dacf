import { type CoreContext, CoreError, type RunbookHandlers } from "@onsale/core";
import { between } from "../../chance/seededRandom.ts";
import type { Incident, IncidentStage } from "./incident.ts";
import type { OperatorPost } from "./operatorPost.ts";

/** Number of attempts that cannot begin, after which people make the run possible. */
const UNMET_MAX = 5;
/** A person needs up to this time for a manual step, ms. */
const MANUAL_MS_MAX = 4_000;

export interface PeopleSetting {
  readonly incident: Incident;
  readonly stage: IncidentStage;
  note(text: string): void;
}

/** The work of people around the runs of an incident: manual steps, and what precedes a run. */
export class People {
  readonly #setting: PeopleSetting;
  #unmet = 0;
  #unplanned = 0;
  #isEscalated = false;

  constructor(setting: PeopleSetting) {
    this.#setting = setting;
  }

  /** @param sleep waits as long as the process of the run is alive */
  handlersOf(sleep: (ms: number) => Promise<void>): RunbookHandlers {
    const { incident, stage, note } = this.#setting;
    return {
      async manual({ step }) {
        await sleep(between(stage.random, 0, MANUAL_MS_MAX));
        note(`does the step ${step.name}`);
        await incident.manual?.[step.name]?.(stage);
        return true;
      },
    };
  }

  /** A precondition does not hold. */
  async preconditionFailed(): Promise<void> {
    const { incident, stage } = this.#setting;
    this.#unmet += 1;
    if (this.#unmet % UNMET_MAX === 0) await incident.whenUnmet?.(stage);
  }

  /**
   * No plan was stored. A job needs a database that accepts writes, so people act before the run.
   * @returns true when they saw the incident
   */
  async planFailed(post: OperatorPost): Promise<boolean> {
    const { incident, stage, note } = this.#setting;
    this.#unplanned += 1;
    if (!incident.byHand || this.#unplanned % UNMET_MAX !== 0) return false;
    if (!(await post.work(takesNoWrites))) return false;
    note("acts before the run");
    await incident.byHand(stage);
    return true;
  }

  /** The first failed run is handed over, if the incident has people for it. */
  async takeOver(): Promise<boolean> {
    const { incident, stage, note } = this.#setting;
    if (!incident.escalation || this.#isEscalated) return false;
    this.#isEscalated = true;
    note("gets the incident handed over");
    await incident.escalation(stage);
    return true;
  }
}

/** Whether doctor finds SERVER_READ_ONLY or SERVER_DOWN. */
async function takesNoWrites({ databaseLoad }: CoreContext): Promise<boolean> {
  try {
    return (await databaseLoad.read()).isReadOnly;
  } catch (error) {
    if (!(error instanceof CoreError)) throw error;
    return true;
  }
}
