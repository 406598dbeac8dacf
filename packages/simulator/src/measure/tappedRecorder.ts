import { Recorder, type RequestPhase } from "./recorder.ts";

/** The answers since its beginning. */
export interface Tap {
  readonly recorder: Recorder;
  /** Ends the recording; the recorder stays as it is. */
  close(): void;
}

/** A recorder that also records the answers of chosen times apart, for figures over time. */
export class TappedRecorder extends Recorder {
  readonly #taps = new Set<Recorder>();

  /** Begins to record apart, besides the whole. */
  tap(): Tap {
    const recorder = new Recorder();
    this.#taps.add(recorder);
    return { recorder, close: () => void this.#taps.delete(recorder) };
  }

  override accepted(phase: RequestPhase, ms: number): void {
    super.accepted(phase, ms);
    for (const tap of this.#taps) tap.accepted(phase, ms);
  }

  override refused(phase: RequestPhase, code: string, ms: number): void {
    super.refused(phase, code, ms);
    for (const tap of this.#taps) tap.refused(phase, code, ms);
  }

  override failed(phase: RequestPhase, kind: string): void {
    super.failed(phase, kind);
    for (const tap of this.#taps) tap.failed(phase, kind);
  }
}
