/** How often operators reached a point of a run, and how often they were killed there. */
export interface PointCount {
  readonly reached: number;
  readonly killed: number;
}

/** The work of the operators in one run, or in many. */
export interface ExerciseReport {
  /** The counts of each point, by the name of the point: `restart-worker.passed`. */
  readonly points: Readonly<Record<string, PointCount>>;
  /** Number of runs in which a plan of the runbook detected the incident. */
  readonly detected: number;
  /** Number of starts and continuations of jobs. */
  readonly attempts: number;
  /** Number of jobs that were planned and begun. */
  readonly jobs: number;
  /**
   * Number of attempts of a second operator that were refused because another run was under way.
   */
  readonly refused: number;
  /** Number of runs after the end, because the findings of the runbook had appeared again. */
  readonly reruns: number;
}

export const noExercise: ExerciseReport = {
  points: {},
  detected: 0,
  attempts: 0,
  jobs: 0,
  refused: 0,
  reruns: 0,
};

/** Adds the counts of two reports. */
export function addReports(one: ExerciseReport, other: ExerciseReport): ExerciseReport {
  const points: Record<string, PointCount> = { ...one.points };
  for (const [name, { reached, killed }] of Object.entries(other.points)) {
    const before = points[name] ?? { reached: 0, killed: 0 };
    points[name] = { reached: before.reached + reached, killed: before.killed + killed };
  }
  return {
    points,
    detected: one.detected + other.detected,
    attempts: one.attempts + other.attempts,
    jobs: one.jobs + other.jobs,
    refused: one.refused + other.refused,
    reruns: one.reruns + other.reruns,
  };
}
