/** A sign of life of a worker process. */
export interface WorkerBeat {
  /** A UUID; a restarted worker has another one. */
  readonly id: string;
  /** Host and process id, for people: "sale-2:4711". */
  readonly processName: string;
  /** For each loop, the time since its last completed iteration, ms. */
  readonly loops: Readonly<Record<string, number>>;
}

export interface WorkerRecord extends WorkerBeat {
  /** Time since the last sign of life, ms by the database's clock. */
  readonly silentMs: number;
  /** Times of its first and its last sign of life, by the database's clock. */
  readonly startedAt: Date;
  readonly seenAt: Date;
}

/**
 * Stores signs of life. A worker that stops removes its record; a record that remains belongs to a
 * dead worker.
 */
export interface WorkerStore {
  beat(beat: WorkerBeat): Promise<void>;
  remove(id: string): Promise<void>;
  list(): Promise<readonly WorkerRecord[]>;
  /** Deletes records without a sign of life for `ageMs`. */
  forget(ageMs: number): Promise<number>;
}
