import { styleText } from 'node:util';

const BAR_WIDTH = 30;
const LINE_EVERY_MS = 2000;
const REDRAW_EVERY_MS = 100;
const CLEAR_LINE = '\r\u001B[2K';

/** Where progress is drawn and what time it is. */
export interface ProgressView {
  readonly write: (text: string) => void;
  readonly isTerminal: boolean;
  /** Milliseconds, monotonic. */
  readonly now: () => number;
  /** Runs at the same time, for the time left. */
  readonly workers: number;
}

/** Progress of many runs: a bar that is redrawn on a terminal, a line every 2 s elsewhere. */
export class Progress {
  private readonly view: ProgressView;
  private total = 0;
  private done = 0;
  private failed = 0;
  private measured = 0;
  private seconds = 0;
  private drawnAt = Number.NEGATIVE_INFINITY;
  private timer: NodeJS.Timeout | undefined = undefined;

  constructor(view: ProgressView) {
    this.view = view;
  }

  /** Starts, or goes on with more runs: `total` in all, `done` of them already. */
  plan(total: number, done: number): void {
    [this.total, this.done] = [total, done];
    this.drawnAt = this.view.isTerminal ? Number.NEGATIVE_INFINITY : this.view.now();
    this.timer ??= setInterval(() => this.draw(), LINE_EVERY_MS).unref();
    this.draw();
  }

  /** One more run is done, after so many seconds. */
  step(seconds: number): void {
    this.done++;
    this.measured++;
    this.seconds += seconds;
    this.draw();
  }

  /** One more run failed; `text` says which, and stays on the screen. */
  fail(text: string): void {
    this.failed++;
    this.log(text);
  }

  /** Writes a line that stays, above the bar. */
  log(text: string): void {
    this.view.write(`${this.view.isTerminal ? CLEAR_LINE : ''}${text}\n`);
    if (this.view.isTerminal) this.drawnAt = Number.NEGATIVE_INFINITY;
  }

  /** Takes the bar away. */
  end(): void {
    clearInterval(this.timer);
    this.timer = undefined;
    if (this.view.isTerminal) this.view.write(CLEAR_LINE);
  }

  private draw(): void {
    const now = this.view.now();
    if (now - this.drawnAt < (this.view.isTerminal ? REDRAW_EVERY_MS : LINE_EVERY_MS)) return;
    this.drawnAt = now;
    this.view.write(this.view.isTerminal ? `${CLEAR_LINE}${this.bar()} ${this.text()}` : `${this.text()}\n`);
  }

  private bar(): string {
    const full = this.total === 0 ? BAR_WIDTH : Math.round((BAR_WIDTH * this.ended()) / this.total);
    return `${styleText('green', '█'.repeat(full), { stream: process.stderr })}${'░'.repeat(BAR_WIDTH - full)}`;
  }

  private text(): string {
    const failed = this.failed === 0 ? '' : `, ${this.failed} failed`;
    const left = this.total - this.ended();
    const time = this.measured === 0 || left === 0 ? '' : `, about ${this.secondsLeft(left)} s left`;
    return `${this.done}/${this.total} runs${failed}${time}`;
  }

  private ended(): number {
    return this.done + this.failed;
  }

  private secondsLeft(left: number): number {
    return Math.ceil((left * this.seconds) / this.measured / this.view.workers);
  }
}
