/** Whether a list flies past too quickly for its pictures to be seen: those are asked for once it is calm. */

const FAST_PX_PER_MS = 3; // about a row a frame
const STILL_MS = 120;

export class Flight {
  flying = false;
  private top = 0;
  private at = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private readonly waiting = new Set<() => void>();

  /** The list is there now, at this moment of `performance.now()`. */
  scrolled(top: number, at: number): void {
    const speed = Math.abs(top - this.top) / Math.max(1, at - this.at);
    this.top = top;
    this.at = at;
    clearTimeout(this.timer);
    if (speed > FAST_PX_PER_MS) {
      this.flying = true;
      this.timer = setTimeout(this.land, STILL_MS);
    } else if (this.flying) this.land();
  }

  /** Call back once it is calm; what is returned takes that back. */
  whenCalm(then: () => void): () => void {
    this.waiting.add(then);
    if (!this.flying) this.land();
    return () => this.waiting.delete(then);
  }

  private land = (): void => {
    this.flying = false;
    for (const then of this.waiting) then();
    this.waiting.clear();
  };
}
