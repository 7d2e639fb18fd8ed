import { type FileHandle, open, rm } from 'node:fs/promises'
import { RecordBatchStreamWriter } from 'apache-arrow'
import * as parquet from 'parquet-wasm'
import { recordBatch } from './column-data.ts'
import { DatasetError } from './dataset-error.ts'
import type { Columns, TableSchema } from './table-schema.ts'

/** How a table is laid out in its file. */
export interface TableOptions {
  /** Rows of a row group: the unit of reading, and what is held in memory while writing; default 10,000. */
  readonly rowGroupRows?: number
  /** Page compression; default `zstd`. */
  readonly compression?: 'zstd' | 'snappy' | 'none'
}

/** Rows of a row group unless asked otherwise: one shard, and 20 MB of 512-component vectors. */
export const ROW_GROUP_ROWS = 10_000

/** Writes one table to one file, batch by batch; at most one row group is held in memory. */
export interface TableWriter<S extends TableSchema> extends AsyncDisposable {
  /** Appends rows. Resolves when the writer has room for more. */
  write(columns: Columns<S>): Promise<void>
  /** Writes the footer and closes the file, which is not a Parquet file before. */
  close(): Promise<void>
}

/**
 * Opens a Parquet file for writing; an existing one is replaced. The same batches with the same options give the
 * same bytes. Disposing of a writer that was not closed deletes the file.
 * @throws DatasetError when the columns don't fit the schema or the file cannot be written.
 */
export async function createTableWriter<S extends TableSchema>(
  path: string,
  schema: S,
  options: TableOptions = {},
): Promise<TableWriter<S>> {
  const file = await open(path, 'w').catch((error) => {
    throw new DatasetError('write_failed', `Cannot write ${path}: ${error.message}.`, error)
  })
  const { readable, writable } = new TransformStream<parquet.RecordBatch, parquet.RecordBatch>()
  const batches = writable.getWriter()
  const drained = drain(readable, file, options).catch((error) => {
    throw new DatasetError('write_failed', `Cannot write ${path}: ${error?.message ?? error}.`, error)
  })
  // A failure surfaces through write or close; without a listener it would end the process.
  drained.catch((error) => batches.abort(error).catch(() => undefined))
  const regular = (await file.stat()).isFile()
  let state: 'empty' | 'open' | 'closing' | 'complete' = 'empty'
  const push = async (columns: Columns<S>) => {
    const batch = wasmBatch(schema, columns)
    // An aborted stream also rejects: what ended it is the better news.
    await Promise.race([batches.write(batch), drained.then(() => batches.closed)]).catch(async (error) => {
      await drained
      throw error
    })
    state = 'open'
  }
  return {
    write: push,
    async close() {
      // The writer learns the schema from its first batch: a table without rows needs an empty one.
      if (state === 'empty') await push(emptyColumns(schema))
      if (state === 'open') batches.close().catch(() => undefined)
      if (state !== 'complete') state = 'closing'
      await drained
      state = 'complete'
    },
    async [Symbol.asyncDispose]() {
      if (state === 'complete') return
      // Not awaited: after a failure nobody takes what is still on its way, and the abort would wait for that.
      batches.abort(new Error('abandoned')).catch(() => undefined)
      await drained.catch(() => undefined)
      if (regular) await rm(path, { force: true })
    },
  }
}

/** Writes a whole table at once. See `createTableWriter` for what is guaranteed. */
export async function writeTable<S extends TableSchema>(
  path: string,
  schema: S,
  columns: Columns<S>,
  options: TableOptions = {},
): Promise<void> {
  await using writer = await createTableWriter(path, schema, options)
  await writer.write(columns)
  await writer.close()
}

async function drain(batches: ReadableStream, file: FileHandle, options: TableOptions): Promise<void> {
  try {
    const bytes = await parquet.transformParquetStream(batches, properties(options))
    for await (const chunk of bytes as ReadableStream<Uint8Array>) await file.writeFile(chunk)
  } finally {
    await file.close()
  }
}

function properties(options: TableOptions): parquet.WriterProperties {
  const { Compression } = parquet
  const compression = { zstd: Compression.ZSTD, snappy: Compression.SNAPPY, none: Compression.UNCOMPRESSED }
  return (
    new parquet.WriterPropertiesBuilder()
      .setCompression(compression[options.compression ?? 'zstd'])
      // A dictionary of vectors or distinct texts costs time and is thrown away when it grows too large.
      .setDictionaryEnabled(false)
      .setStatisticsEnabled(parquet.EnabledStatistics.Chunk)
      .setMaxRowGroupSize(options.rowGroupRows ?? ROW_GROUP_ROWS)
      .setCreatedBy('promptloom')
      .build()
  )
}

function wasmBatch<S extends TableSchema>(schema: S, columns: Columns<S>): parquet.RecordBatch {
  const writer = new RecordBatchStreamWriter()
  writer.write(recordBatch(schema, columns))
  writer.finish()
  const table = parquet.Table.fromIPCStream(writer.toUint8Array(true))
  try {
    return table.recordBatch(0) as parquet.RecordBatch
  } finally {
    table.free()
  }
}

function emptyColumns<S extends TableSchema>(schema: S): Columns<S> {
  const empty = Object.entries(schema).map(([name, type]) => {
    if (typeof type === 'object' || type === 'float32') return [name, new Float32Array()]
    if (type === 'uint8') return [name, new Uint8Array()]
    if (type === 'uint32') return [name, new Uint32Array()]
    return [name, type === 'float64' ? new Float64Array() : []]
  })
  return Object.fromEntries(empty)
}
