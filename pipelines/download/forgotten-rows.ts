import { createHash } from 'node:crypto'
import { mkdir, readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { type CsvPosition, scanCsv } from '@promptloom/dataset/csv-file'
import { writeDurably } from '@promptloom/runner/disk'
import type { FileRef, StageContext } from '@promptloom/runner/stage'
import { z } from 'zod'
import { openTombstones } from '../stage-tombstones.ts'
import type { Tombstones } from '../tombstones.ts'
import type { DownloadOptions } from './options.ts'
import type { Layout } from './scan.ts'

type Context = StageContext<DownloadOptions>

/** For each shard that holds forgotten rows, by number: what stands for them. */
export type ForgottenRows = ReadonlyMap<number, string>

const memorySchema = z.object({ key: z.string(), shards: z.array(z.tuple([z.int(), z.string()])) })

/**
 * Finds the shards of a source that hold forgotten rows, so that only those run again. One pass over the source for
 * each change of source or tombstones; the finding is remembered in `cache/`.
 */
export async function findForgottenRows(csv: FileRef, layout: Layout, context: Context): Promise<ForgottenRows> {
  const tombstones = await openTombstones(context)
  if (tombstones.isEmpty) return new Map()
  const key = createHash('sha256')
    .update(JSON.stringify([csv.sha256, layout.field, context.options.shardRows, tombstones.digest]))
    .digest('hex')
  const opened = await context.open(`forgotten rows ${key}`, async () => {
    const path = join(context.workspace, 'cache', 'download-forgotten.json')
    const found =
      (await remembered(path, key)) ?? (await scan(await context.read(csv), layout, { tombstones, context }))
    await mkdir(dirname(path), { recursive: true })
    await writeDurably(path, JSON.stringify({ key, shards: [...found] }))
    return { found, [Symbol.asyncDispose]: async () => undefined }
  })
  return opened.found
}

async function remembered(path: string, key: string): Promise<ForgottenRows | undefined> {
  try {
    const memory = memorySchema.parse(JSON.parse(await readFile(path, 'utf8')))
    return memory.key === key ? new Map(memory.shards) : undefined
  } catch {
    return undefined
  }
}

interface Search {
  readonly tombstones: Tombstones
  readonly context: Context
}

async function scan(csv: string, layout: Layout, { tombstones, context }: Search): Promise<ForgottenRows> {
  const { shardRows } = context.options
  const rows = new Map<number, number[]>()
  let row = 0
  const visit = (position: CsvPosition) => {
    if (isForgotten(position, layout, tombstones)) {
      const shard = Math.floor(row / shardRows)
      const numbers = rows.get(shard) ?? []
      rows.set(shard, numbers)
      numbers.push(row % shardRows)
    }
    row++
  }
  const [start, end] = [layout.shards[0]?.start ?? 0, layout.shards.at(-1)?.end ?? 0]
  await scanCsv(csv, visit, { start, end, signal: context.signal })
  const digest = (numbers: readonly number[]) => createHash('sha256').update(numbers.join()).digest('hex')
  return new Map([...rows].map(([shard, numbers]) => [shard, digest(numbers)]))
}

function isForgotten({ record, source }: CsvPosition, { header, field }: Layout, tombstones: Tombstones): boolean {
  if (record.flaw || record.fields !== header.length) return false
  const text = (at: number) => (at < 0 ? '' : record.text(source, at))
  const [id, url, source_site] = [text(field.id), text(field.url), text(field.source_site)]
  return tombstones.hides({ id, url, source_site, parents: [] })
}
