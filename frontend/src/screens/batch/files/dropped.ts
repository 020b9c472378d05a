/** Files of a drop, those in folders too. */

/** Of files that were dropped, where they lay: the browser tells it of picked ones only. */
const PATHS = new WeakMap<File, string>();
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
export function pathOf(file: File): string {
  return file.webkitRelativePath || PATHS.get(file) || file.name;
}

/** What the system put there is not meant. */
export function isVisible(file: File): boolean {
  return !HIDDEN.test(file.name);
}

async function gather(entries: FileSystemEntry[]): Promise<File[]> {
  const sorted = entries.toSorted((a, b) => a.name.localeCompare(b.name, undefined, { numeric: true }));
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
