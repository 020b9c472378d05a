/** Finding the files of an interrupted upload among those that were picked again. */

export interface Wanted {
  position: number;
  name: string;
  /** In bytes; null where only the server remembers this batch, which keeps names alone. */
  size: number | null;
}

/** Files by position: same name and size; a file stands for one position only. */
export function matched<F extends { name: string; size: number }>(
  wanted: readonly Wanted[],
  files: readonly F[],
): Map<number, F> {
  const found = new Map<number, F>();
  const left = new Map<string, F[]>();
  for (const file of files) {
    const same = left.get(file.name) ?? [];
    left.set(file.name, [...same, file]);
  }
  // Those whose size is known first: another's guess must not take theirs.
  for (const each of wanted.toSorted((a, b) => Number(a.size === null) - Number(b.size === null))) {
    const candidates = left.get(each.name) ?? [];
    const index = candidates.findIndex((file) => each.size === null || file.size === each.size);
    const file = candidates[index];
    if (!file) continue;
    found.set(each.position, file);
    left.set(
      each.name,
      candidates.filter((other) => other !== file),
    );
  }
  return found;
}
