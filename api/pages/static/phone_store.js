// What a phone keeps by itself: reports that wait to be sent, and the day as it was last heard.

const NAME = "coldgrid-driver";
const STORES = ["outbox", "kept"];

let opened = null;

function database() {
  opened ??= new Promise((resolve, reject) => {
    const asked = indexedDB.open(NAME, 1);
    asked.onupgradeneeded = () => STORES.forEach((name) => asked.result.createObjectStore(name));
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
  return opened;
}

/** Work on one store; done when it is on disk. */
async function work(store, mode, deed) {
  const { transaction } = await database().then((found) =>
    ({ transaction: found.transaction(store, mode, { durability: "strict" }) }));
  const asked = deed(transaction.objectStore(store));
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve(asked?.result);
    transaction.onabort = () => reject(transaction.error);
    transaction.onerror = () => reject(transaction.error);
  });
}

export const get = (store, key) => work(store, "readonly", (found) => found.get(key));
export const all = (store) => work(store, "readonly", (found) => found.getAll());
export const put = (store, key, value) =>
  work(store, "readwrite", (found) => found.put(value, key));
export const remove = (store, key) => work(store, "readwrite", (found) => found.delete(key));
