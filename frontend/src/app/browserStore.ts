/** What the browser keeps by itself. It is a help, not the truth: whatever fails here is as if nothing were kept. */

/** One request to one of the stores; undefined where it failed. */
export type Run = <T>(
  store: string,
  mode: IDBTransactionMode,
  act: (store: IDBObjectStore) => IDBRequest<T>,
) => Promise<T | undefined>;

/** Every database there is: what is kept is somebody's, and goes with them. */
const NAMES = ['lumiku-single', 'lumiku-edits', 'lumiku-batches'] as const;
let cleared = false;

/** A database that is opened when first used; `create` makes its stores. */
export function browserStore(name: (typeof NAMES)[number], create: (database: IDBDatabase) => void): Run {
  let opened: Promise<IDBDatabase> | null = null;

  function open(): Promise<IDBDatabase> {
    opened ??= new Promise((resolve, reject) => {
      const request = indexedDB.open(name, 1);
      request.onupgradeneeded = () => create(request.result);
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
    return opened;
  }

  return async (store, mode, act) => {
    if (cleared) return undefined;
    try {
      const database = await open();
      return await new Promise((resolve, reject) => {
        const transaction = database.transaction(store, mode);
        const request = act(transaction.objectStore(store));
        transaction.oncomplete = () => resolve(request.result);
        transaction.onabort = () => reject(transaction.error);
      });
    } catch {
      return undefined;
    }
  };
}

/** Whoever leaves leaves nothing behind: empties all, of which this page keeps nothing more. */
export async function clearStores(): Promise<void> {
  cleared = true;
  try {
    sessionStorage.clear();
  } catch {
    // not allowed to keep anything there
  }
  await Promise.all(NAMES.map((name) => clear(name).catch(() => undefined)));
}

function clear(name: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open(name);
    opening.onupgradeneeded = () => opening.transaction?.abort(); // there is none, and none is to be made
    opening.onerror = () => resolve();
    opening.onblocked = () => reject(opening.error);
    opening.onsuccess = () => {
      const database = opening.result;
      const stores = [...database.objectStoreNames];
      if (stores.length === 0) return resolve();
      const transaction = database.transaction(stores, 'readwrite');
      for (const store of stores) transaction.objectStore(store).clear();
      transaction.oncomplete = () => resolve();
      transaction.onabort = () => reject(transaction.error);
    };
  });
}
