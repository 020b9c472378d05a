/** Where the bars of a chart stand. */
export interface Bar {
  x: number;
  width: number;
  y: number;
  height: number;
}

const GAP = 0.25;

/** Bars of `values` over a width and height; the highest fills it, and a value above 0 is always seen. */
export function barsOf(values: readonly number[], width: number, height: number): Bar[] {
  const most = Math.max(...values, 0);
  const step = width / Math.max(values.length, 1);
  return values.map((value, index) => {
    const tall = most > 0 && value > 0 ? Math.max((value / most) * height, 1) : 0;
    return { x: index * step + (step * GAP) / 2, width: step * (1 - GAP), y: height - tall, height: tall };
  });
}

/** The sum of the numbers of a table. */
export function sumOf(table: Readonly<Record<string, number>>): number {
  return Object.values(table).reduce((sum, each) => sum + each, 0);
}
