/** Pictures that were dropped, pasted or chosen, kept in this browser so that a reload and “back” still have them. */
const DATABASE = 'promptloom-studio'
const STORE = 'dropped'
/** Pictures kept; older ones go. */
const MOST = 40
/** Bytes that the server takes. */
const LONGEST = 20 * 1024 * 1024

/** The picture of a link is not in this browser, or cannot be used. */
export class DroppedPictureError extends Error {
  override readonly name = 'DroppedPictureError'
}

interface Entry {
  readonly key: string
  readonly at: number
  readonly picture: Blob
}

const inMemory = new Map<string, Blob>()

/**
 * Keeps a picture.
 * @returns its key: the beginning of its SHA-256, so that the same picture has the same link
 * @throws DroppedPictureError when it is no picture or too large
 */
export async function keepPicture(picture: Blob): Promise<string> {
  if (!picture.type.startsWith('image/')) {
    throw new DroppedPictureError('That is not a picture; drop a PNG, JPEG, WebP, GIF or AVIF file.')
  }
  if (picture.size > LONGEST) throw new DroppedPictureError('The picture has more than 20 MB; drop a smaller one.')
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', await picture.arrayBuffer()))
  const key = [...digest.slice(0, 8)].map((byte) => byte.toString(16).padStart(2, '0')).join('')
  inMemory.set(key, picture)
  await inDatabase('readwrite', (store) => {
    trim(store)
    return store.put({ key, at: Date.now(), picture } satisfies Entry)
  }).catch(() => undefined)
  return key
}

/**
 * A kept picture.
 * @throws DroppedPictureError when this browser does not have it
 */
export async function keptPicture(key: string): Promise<Blob> {
  const known = inMemory.get(key)
  if (known) return known
  const entry = await inDatabase<Entry | undefined>('readonly', (store) => store.get(key)).catch(() => undefined)
  if (!entry) {
    throw new DroppedPictureError('The picture of this link was dropped in another browser; drop it here again.')
  }
  inMemory.set(key, entry.picture)
  return entry.picture
}

function trim(store: IDBObjectStore): void {
  const entries = store.index('at').getAllKeys()
  entries.onsuccess = () => {
    for (const key of entries.result.slice(0, -MOST)) store.delete(key)
  }
}

async function inDatabase<T>(mode: IDBTransactionMode, work: (store: IDBObjectStore) => IDBRequest<T>): Promise<T> {
  const database = await open()
  try {
    return await new Promise<T>((resolve, reject) => {
      const transaction = database.transaction(STORE, mode)
      const asked = work(transaction.objectStore(STORE))
      transaction.oncomplete = () => resolve(asked.result)
      transaction.onabort = () => reject(transaction.error)
    })
  } finally {
    database.close()
  }
}

function open(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open(DATABASE, 1)
    opening.onupgradeneeded = () => {
      opening.result.createObjectStore(STORE, { keyPath: 'key' }).createIndex('at', 'at')
    }
    opening.onsuccess = () => resolve(opening.result)
    opening.onerror = () => reject(opening.error)
  })
}
