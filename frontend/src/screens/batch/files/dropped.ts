/** Files of a drop, those in folders too. */

export type Offered = Pick<File, 'name' | 'size'> & Partial<Pick<File, 'webkitRelativePath'>>;

/** Of files that were dropped, where they lay: the browser tells it of picked ones only. */
const PATHS = new WeakMap<object, string>();
const HIDDEN = /^\.|^Thumbs\.db$|^desktop\.ini$/i;

/** Call it while the drop is being handled: afterwards the browser has forgotten the entries. */
export function filesOfDrop(transfer: DataTransfer): Promise<File[]> {
  const plain = [...transfer.files].filter(isVisible);
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.() ?? null);
  const held = entries.filter((entry) => entry !== null);
  // Where no entry can be read, the files may be, and else it is said of each that it cannot.
  return gather(held).then((files) => (files.length > 0 ? files : plain));
}

/** Where a file lay within what was dropped or picked, with its name. */
export function pathOf(file: Offered): string {
  return file.webkitRelativePath || PATHS.get(file) || file.name;
}

/** The files of a picked folder as those of a dropped one: by name, folder for folder, wherever they are picked. */
export function inOrder(files: readonly File[]): File[] {
  const steps = new Map(files.map((file) => [file, pathOf(file).split('/')]));
  return files.toSorted((a, b) => compared(steps.get(a) ?? [], steps.get(b) ?? []));
}

function compared([a = '', ...aRest]: string[], [b = '', ...bRest]: string[]): number {
  const first = byName(a, b);
  return first !== 0 || aRest.length + bRest.length === 0 ? first : compared(aRest, bRest);
}

const byName = (a: string, b: string): number => a.localeCompare(b, undefined, { numeric: true });

/** What the system put there is not meant. */
export function isVisible(file: File): boolean {
  return !HIDDEN.test(file.name);
}

async function gather(entries: FileSystemEntry[]): Promise<File[]> {
  const sorted = entries.toSorted((a, b) => byName(a.name, b.name));
  const files: File[] = [];
  for (const entry of sorted) files.push(...(await filesOf(entry)));
  return files;
}

async function filesOf(entry: FileSystemEntry): Promise<File[]> {
  if (HIDDEN.test(entry.name)) return [];
  if (entry.isDirectory) return gather(await childrenOf(entry as FileSystemDirectoryEntry));
  const read = (resolve: (file: File) => void, reject: (error: unknown) => void) =>
    (entry as FileSystemFileEntry).file(resolve, reject);
  return new Promise<File>(read).then(
    (file) => {
      PATHS.set(file, entry.fullPath.replace(/^\//, ''));
      return [file];
    },
    () => [], // gone, or not ours to read
  );
}

async function childrenOf(folder: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = folder.createReader();
  const all: FileSystemEntry[] = [];
  for (;;) {
    // A browser gives a hundred at a time.
    const some = await new Promise<FileSystemEntry[]>((resolve) =>
      reader.readEntries(resolve, () => resolve([])),
    );
    if (some.length === 0) return all;
    all.push(...some);
  }
}
