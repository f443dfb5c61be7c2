/** One thing that a sweep looks after. */
export interface SweepStep {
  /** For log lines: what was found and repaired. */
  readonly name: string;
  /**
   * Looks once and repairs what it finds; bounded, so that a large backlog takes several sweeps.
   *
   * @returns how much was repaired
   */
  run(nowMs: number): Promise<number>;
}
