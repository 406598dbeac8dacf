/** The settings of a virtual sale that its seed does not decide. */
export interface VirtualScenario {
  readonly buyers: number;
  readonly seats: number;
  readonly apiProcesses: number;
  readonly workers: number;
}

/** The sale that the explorer runs by default. */
export const virtualDefaults: VirtualScenario = {
  buyers: 20,
  seats: 5,
  apiProcesses: 2,
  workers: 2,
};
