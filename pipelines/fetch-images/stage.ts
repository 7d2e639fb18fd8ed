import { createHash } from 'node:crypto'
import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { PROMPT_SCHEMA, promptRows } from '@promptloom/dataset/prompt-table'
import type { PromptRow } from '@promptloom/dataset/row'
import { readTable } from '@promptloom/dataset/table-reader'
import { fingerprintParts } from '@promptloom/runner/fingerprint'
import type { Shard, ShardContext, ShardResult, Stage, StageContext } from '@promptloom/runner/stage'
import { differsByRowsAlone, lastCommit } from '../last-commit.ts'
import { assemble, type FindingSource, previousSource, spoolSource } from './assembly.ts'
import { unchangedSource } from './carry-over.ts'
import { asJson, linkFacts } from './dead-links.ts'
import { FETCH_LOG } from './fetch-log.ts'
import { Fetcher } from './fetcher.ts'
import { inLanes } from './lanes.ts'
import { type FetchOptions, fetchOptions, SPEED_OPTIONS } from './options.ts'
import { likelyAliveFirst } from './order.ts'
import { OUTCOMES, type Outcome } from './outcomes.ts'
import { Spool } from './spool.ts'

const UPSTREAM = 'download'
const VERSION = 2

type Context = ShardContext<FetchOptions>

/** Fetches, checks and stores the picture of every row: see the README beside this file. */
export const fetchImagesStage: Stage<FetchOptions> = {
  name: 'fetch-images',
  version: VERSION,
  options: fetchOptions,
  speed: SPEED_OPTIONS,
  outcomes: OUTCOMES,
  concurrency: (options) => options.shards,

  async plan(context: StageContext<FetchOptions>): Promise<readonly Shard[]> {
    return context
      .upstream(UPSTREAM)
      .filter(({ shard }) => /^\d+$/.test(shard))
      .map(({ shard, outcomes, files }) => ({
        name: shard,
        rows: outcomes.ok ?? 0,
        inputs: files.filter(({ name }) => name === `${shard}.parquet`),
      }))
  },

  async process(shard: Shard, context: Context): Promise<ShardResult> {
    const rows = await inputRows(shard, context)
    await context.open('spools', async () => ({ [Symbol.asyncDispose]: () => removeCommittedSpools(context) }))
    await removeCommittedSpools(context)
    const fetcher = await context.open('fetcher', async () => new Fetcher(context.options, context.signal))
    await using previous = await carriedOver(shard, rows, context)
    await using spool = await Spool.open(join(spoolFolder(context), `${shard.name}.spool`), spoolKey(shard, context))
    const sources: FindingSource[] = previous ? [previous, spoolSource(spool)] : [spoolSource(spool)]
    await context.time('fetch', () => fetchMissing(rows, { previous, spool, fetcher, context }))
    const findings = await context.time('assemble', () =>
      assemble(rows, sources, {
        table: context.write('parquet'),
        tar: context.write('tar'),
        fetches: context.write(FETCH_LOG),
      }),
    )
    const byId = new Map(rows.map((row) => [row.id, row]))
    const hostOf = (id: string) => {
      const address = fetcher.address(byId.get(id) as PromptRow)
      return address.kind === 'web' ? address.host : undefined
    }
    const outcomes: Record<string, number> = {}
    for (const { row } of findings) outcomes[row.outcome] = (outcomes[row.outcome] ?? 0) + 1
    return { outcomes, facts: { links: asJson(linkFacts(findings, hostOf)) } }
  },
}

function spoolFolder({ workspace }: Pick<Context, 'workspace'>): string {
  return join(workspace, 'cache', 'fetch-images')
}

/** A spool is needed until its shard is committed, and no longer: a kill in between must cost no fetch. */
async function removeCommittedSpools(context: Context): Promise<void> {
  // A shard that is to be done again is not among them: a retry that was killed keeps its spool.
  const committed = new Set(context.own().map(({ shard }) => `${shard}.spool`))
  const names = await readdir(spoolFolder(context)).catch(() => [])
  for (const name of names) if (committed.has(name)) await rm(join(spoolFolder(context), name), { force: true })
}

async function inputRows(shard: Shard, context: Context): Promise<PromptRow[]> {
  const input = shard.inputs?.[0]
  if (input === undefined) throw new Error(`Shard ${shard.name} of ${UPSTREAM} has no table of rows.`)
  return promptRows((await readTable(await context.read(input), PROMPT_SCHEMA)).columns)
}

/** What need not be fetched: all but what is to be tried again, or, of changed rows, what is as it was. */
async function carriedOver(shard: Shard, rows: readonly PromptRow[], context: Context) {
  const { previous, options } = context
  if (previous) return previousSource(previous.checkpoint, previous.redo, context)
  const last = await lastCommit(fetchImagesStage.name, shard.name, context)
  if (!last || !differsByRowsAlone(last, fingerprintParts(fetchImagesStage, options, shard))) return undefined
  return unchangedSource(last, rows, context)
}

/** What the findings of a shard depend on: an earlier attempt's are used again only if none of it has changed. */
function spoolKey(shard: Shard, { options, previous }: Context): string {
  const speed = new Set<string>(SPEED_OPTIONS)
  const content = Object.entries(options).filter(([name]) => !speed.has(name))
  const last = previous && { committed: previous.checkpoint.committed, redo: [...previous.redo].sort() }
  const facts = { version: VERSION, inputs: shard.inputs?.map((file) => file.sha256), content, last }
  return createHash('sha256').update(JSON.stringify(facts)).digest('hex')
}

interface Work {
  readonly previous: FindingSource | undefined
  readonly spool: Spool
  readonly fetcher: Fetcher
  readonly context: Context
}

/** Fetches every row that is neither carried over nor settled by an earlier attempt, whose transient failures don't count. */
async function fetchMissing(rows: readonly PromptRow[], { previous, spool, fetcher, context }: Work): Promise<void> {
  const missing = rows.filter(({ id }) => {
    const spooled = spool.get(id)?.finding.row.outcome
    const settled = spooled !== undefined && OUTCOMES[spooled as Outcome] !== 'transient'
    return !settled && previous?.find(id) === undefined
  })
  let done = rows.length - missing.length
  const groupOf = (row: PromptRow) => {
    const address = fetcher.address(row)
    return address.kind === 'web' ? address.host : address.kind
  }
  await inLanes(likelyAliveFirst(missing), { groupOf, width: context.options.hostConcurrency }, async (row) => {
    context.signal.throwIfAborted()
    await fetcher.fetch(row, ({ finding, picture }) => spool.add(finding, picture))
    done += 1
    context.progress(done)
  })
}
