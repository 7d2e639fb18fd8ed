import { createWriteStream } from 'node:fs'
import { open, rename, rm } from 'node:fs/promises'
import { pipeline } from 'node:stream/promises'
import type { Database } from './database.ts'
import { quote } from './embedded-engine.ts'
import { StoreStateError } from './store-error.ts'

/** What is exported, and how it gets to this machine. */
export interface ExportSource {
  readonly database: Database
  /** With its database. */
  readonly table: string
  readonly columns: readonly string[]
  /** True where the engine writes files of this machine by itself. */
  readonly local: boolean
}

/** Bloom filters, which the engine would write for every column, cost more than the data (ClickHouse 26.7). */
const PARQUET = { output_format_parquet_write_bloom_filter: 0, output_format_parquet_compression_method: 'zstd' }

/**
 * Writes all rows, in the order of their ids, to one Parquet file of the columns that embed's files have. The file
 * appears when it is complete, in place of an older one.
 * @throws StoreStateError when the answer ended early.
 */
export async function exportTable(source: ExportSource, path: string): Promise<void> {
  const { database, table, columns, local } = source
  const partial = `${path}.part`
  const select = `SELECT ${columns.join(', ')} FROM ${table} ORDER BY id`
  try {
    if (local) {
      await rm(partial, { force: true })
      await database.command(`INSERT INTO FUNCTION file(${quote(partial)}, 'Parquet') ${select}`, {
        settings: PARQUET as never,
      })
    } else {
      await pipeline(await database.bytes(`${select} FORMAT Parquet`), createWriteStream(partial))
    }
    await settle(partial)
    await rename(partial, path)
  } catch (error) {
    await rm(partial, { force: true })
    throw error
  }
}

/** A Parquet file ends with its footer's mark; an answer that was cut does not. */
async function settle(path: string): Promise<void> {
  const file = await open(path, 'r+')
  try {
    const { size } = await file.stat()
    const { buffer } = await file.read(Buffer.alloc(4), 0, 4, Math.max(0, size - 4))
    if (buffer.toString('latin1') !== 'PAR1') {
      throw new StoreStateError(
        `The export to ${path} ended early after ${size} bytes; nothing was kept, so export again.`,
      )
    }
    await file.sync()
  } finally {
    await file.close()
  }
}
