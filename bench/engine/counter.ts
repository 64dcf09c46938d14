/** A model that runs until its counter stops it. */
export interface Runnable {
  run(): void;
}

/** Thrown out of a model to end a stretch of exactly so many events. */
class Stop extends Error {}

/** Counts events and ends stretches of them. */
export class Counter {
  done = 0;
  private stopAt = Infinity;

  /** Counts one event. Throws to end the stretch. hot */
  count(): void {
    if (++this.done === this.stopAt) throw new Stop();
  }

  /** Runs the model for so many events more. */
  stretch(model: Runnable, events: number): void {
    this.stopAt = this.done + events;
    try {
      model.run();
    } catch (error) {
      if (!(error instanceof Stop)) throw error;
    }
  }

  /** CPU seconds, user and system, of so many events more, after half as many to warm up. */
  time(model: Runnable, events: number): number {
    this.stretch(model, Math.floor(events / 2)); // lets the compiler finish
    const before = process.cpuUsage();
    this.stretch(model, events);
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1e6;
  }
}
