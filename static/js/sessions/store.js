// Scans that wait on this device, in IndexedDB: each with its own id and time, in the order they were made.

const NAME = "pharmatrace.scans";
const STORE = "scans";

const asked = (request) =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

let opening;

const database = () => {
  opening ??= new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => {
      const store = request.result.createObjectStore(STORE, { keyPath: "order", autoIncrement: true });
      store.createIndex("session", ["session", "person"]);
    };
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  return opening;
};

const within = async (mode, work) => {
  const transaction = (await database()).transaction(STORE, mode, { durability: "strict" });
  const done = new Promise((resolve, reject) => {
    transaction.oncomplete = resolve;
    transaction.onabort = () => reject(transaction.error);
  });
  const result = await work(transaction.objectStore(STORE));
  await done;
  return result;
};

/** A random UUID (RFC 9562 §5.4), also where the page came over plain HTTP and browsers make none. */
export const newId = () => {
  if (crypto.randomUUID) return crypto.randomUUID();
  const octets = crypto.getRandomValues(new Uint8Array(16));
  octets[6] = (octets[6] & 0x0f) | 0x40;
  octets[8] = (octets[8] & 0x3f) | 0x80;
  const hex = Array.from(octets, (octet) => octet.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
};

/** Keeps a scan `{id, raw, at, source}` of a session and a person; resolves once it is on the disk. */
export const keep = (session, person, scan) =>
  within("readwrite", (store) => asked(store.add({ ...scan, session, person })));

/** Everything of a session that this person scanned here and the server has not taken, oldest first. */
export const kept = (session, person) =>
  within("readonly", (store) => asked(store.index("session").getAll([session, person])));

/** Scans the server has on its list: they need not wait here any more. */
export const forget = (orders) =>
  within("readwrite", (store) => Promise.all(orders.map((order) => asked(store.delete(order)))));

/** A scan the server will not take; it stays, with its sentence, until a person has seen it. */
export const refuse = (scan, sentence) =>
  within("readwrite", (store) => asked(store.put({ ...scan, refused: sentence })));
