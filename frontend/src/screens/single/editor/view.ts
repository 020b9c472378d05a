/** How near one looks, and where: as the picture is scaled and moved from the middle of its area. */

const MOST = 8;

export interface Place {
  x: number;
  y: number;
}

export interface View extends Place {
  level: number;
}

export const WHOLE: View = { level: 1, x: 0, y: 0 };

/** Nearer by a factor; what is at this place, from the middle, stays there. */
export function closer({ level, x, y }: View, factor: number, at: Place): View {
  const next = Math.min(MOST, Math.max(1, level * factor));
  const by = next / level;
  return { level: next, x: at.x - (at.x - x) * by, y: at.y - (at.y - y) * by };
}

/** Never beyond the picture's edges. */
export function within({ level, x, y }: View, area: { clientWidth: number; clientHeight: number }): View {
  if (level <= 1) return WHOLE;
  const clamp = (value: number, reach: number) => Math.min(reach, Math.max(-reach, value));
  const reach = (level - 1) / 2;
  return { level, x: clamp(x, area.clientWidth * reach), y: clamp(y, area.clientHeight * reach) };
}
