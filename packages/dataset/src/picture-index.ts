import { createHash } from 'node:crypto'
import { PICTURE_SCHEMA } from './picture-table.ts'
import { readTable } from './table-reader.ts'

/** A shard of pictures that goes into an index. */
export interface IndexedShard {
  /** Path of its archive inside the workspace, e.g. `fetch-images/00003.tar`. */
  readonly tar: string
  /** Path of its table. */
  readonly table: string
}

/** Bytes of one entry: 12 of the id's hash, the shard's number, the picture's length and its offset. */
export const ENTRY_BYTES = 28
const HASH_BYTES = 12
/** Entries are found by the first two bytes of the hash: one bucket for each value. */
export const BUCKETS = 1 << 16

/** Where an index says that a picture lies. */
export interface IndexedPlace {
  readonly shard: number
  readonly offset: number
  readonly length: number
}

/**
 * Builds the index of all pictures by id: entries sorted by the id's hash, preceded by the number of the first entry
 * of each bucket (`BUCKETS` + 1 numbers, little endian). One id is then one small read away, and neither building
 * (28 bytes a picture) nor reading ever holds the ids themselves.
 */
export async function buildPictureIndex(shards: readonly IndexedShard[]): Promise<Buffer> {
  const parts: Buffer[] = []
  for (const [number, shard] of shards.entries()) parts.push(await shardEntries(shard.table, number))
  const entries = Buffer.concat(parts)
  const count = entries.length / ENTRY_BYTES
  const order = Uint32Array.from({ length: count }, (_, entry) => entry)
  const prefix = (entry: number) => entries.readUIntBE(entry * ENTRY_BYTES, 6)
  order.sort((a, b) => prefix(a) - prefix(b))
  const index = Buffer.alloc(4 * (BUCKETS + 1) + entries.length)
  let bucket = 0
  for (let place = 0; place < count; place++) {
    const from = (order[place] as number) * ENTRY_BYTES
    const upTo = entries.readUInt16BE(from)
    for (; bucket <= upTo; bucket++) index.writeUInt32LE(place, 4 * bucket)
    entries.copy(index, 4 * (BUCKETS + 1) + place * ENTRY_BYTES, from, from + ENTRY_BYTES)
  }
  for (; bucket <= BUCKETS; bucket++) index.writeUInt32LE(count, 4 * bucket)
  return index
}

/** The bucket that an id's entry is in. */
export function bucketOf(id: string): number {
  return idHash(id).readUInt16BE(0)
}

/** Finds an id among the entries of its bucket. */
export function findEntry(entries: Buffer, id: string): IndexedPlace | undefined {
  const hash = idHash(id)
  for (let at = 0; at < entries.length; at += ENTRY_BYTES) {
    if (hash.compare(entries, at, at + HASH_BYTES) !== 0) continue
    return {
      shard: entries.readUInt32LE(at + HASH_BYTES),
      length: entries.readUInt32LE(at + HASH_BYTES + 4),
      offset: entries.readDoubleLE(at + HASH_BYTES + 8),
    }
  }
  return undefined
}

async function shardEntries(table: string, number: number): Promise<Buffer> {
  const { id, offset, length } = PICTURE_SCHEMA
  const { columns } = await readTable(table, { id, offset, length })
  const entries: Buffer[] = []
  for (const [row, name] of columns.id.entries()) {
    const size = columns.length[row] as number
    if (size === 0) continue
    const entry = Buffer.allocUnsafe(ENTRY_BYTES)
    idHash(name).copy(entry, 0, 0, HASH_BYTES)
    entry.writeUInt32LE(number, HASH_BYTES)
    entry.writeUInt32LE(size, HASH_BYTES + 4)
    entry.writeDoubleLE(columns.offset[row] as number, HASH_BYTES + 8)
    entries.push(entry)
  }
  return Buffer.concat(entries)
}

function idHash(id: string): Buffer {
  return createHash('sha256').update(id).digest().subarray(0, HASH_BYTES)
}
