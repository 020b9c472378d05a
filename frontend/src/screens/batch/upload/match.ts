/** Finding the files of an interrupted upload among those that were picked again. */
import { type Offered, pathOf } from '../files/dropped';

export interface Place {
  position: number;
  name: string;
  /** In bytes; null where only the server remembers this batch, and has no file. */
  size: number | null;
  /** Where its file lay; only the browser that sent it knows. */
  path?: string | undefined;
  /** Whether it wants a file; else it stands for one that is not to be sent twice. */
  wants: boolean;
}

/** Files by position: same place, or same name and size; a file stands for one position only. */
export function matched<F extends Offered>(places: readonly Place[], files: readonly F[]): Map<number, F> {
  const found = new Map<number, F>();
  const left = new Set(files);
  const fill = (place: Place, fits: (file: F) => boolean): boolean => {
    for (const file of left) {
      if (!fits(file) || (place.size !== null && file.size !== place.size)) continue;
      left.delete(file);
      if (place.wants) found.set(place.position, file);
      return true;
    }
    return false;
  };
  const open = places.filter((place) => !place.path || !fill(place, (file) => pathOf(file) === place.path));
  for (const name of new Set(open.map((place) => place.name))) {
    const same = open.filter((place) => place.name === name);
    const offered = files.filter((file) => left.has(file) && file.name === name).length;
    // Where all were picked again, each stands for itself, in the order of old; else the wanting come first.
    const turn = offered >= same.length ? same : same.filter(({ wants, size }) => wants || size !== null);
    // Those whose size is known first: another's guess must not take theirs.
    for (const place of turn.toSorted((a, b) => Number(a.size === null) - Number(b.size === null)))
      fill(place, (file) => file.name === name);
  }
  return found;
}
