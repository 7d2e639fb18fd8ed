import { mkdtemp, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'
import { run } from './run.ts'
import type { BoundStage, ShardContext, ShardResult, Stage } from './stage.ts'

/**
 * A pipeline small enough to reason about, driven by one text file of words, a shard a line:
 * `split` writes each line's words, `shout` makes them upper case, `join` puts all of them in one file.
 * Some words misbehave: `BAD` is rejected, `FLAKY` is transient, `BOOM` throws, `LOSE` is counted nowhere.
 */
export interface Toy {
  readonly workspace: string
  readonly source: string
  /** Shards processed so far, as `stage/shard`, in order of completion. */
  readonly processed: string[]
  /** Words that `shout` worked on. */
  readonly shouted: string[]
  readonly removed: string[]
  readonly pipeline: (options?: { shout?: Partial<ShoutOptions> }) => BoundStage[]
  write(...lines: string[]): Promise<void>
  run(options?: Partial<Parameters<typeof run>[0]>): ReturnType<typeof run>
  text(path: string): Promise<string>
}

interface ShoutOptions {
  readonly mark: string
  readonly threads: number
}

/** A toy pipeline in a new workspace; FLAKY words succeed once `calm()` says so. */
export async function createToy(calm: () => boolean = () => false): Promise<Toy> {
  const workspace = await mkdtemp(join(tmpdir(), 'promptloom-runner-'))
  const source = join(workspace, 'words.txt')
  const toy: Toy = {
    workspace,
    source,
    processed: [],
    shouted: [],
    removed: [],
    pipeline: (options = {}) => [
      { stage: splitStage(toy), options: {} },
      { stage: shoutStage(toy, calm) as Stage<unknown>, options: { mark: '!', threads: 1, ...options.shout } },
      { stage: joinStage(toy), options: {} },
    ],
    write: (...lines) => writeFile(source, lines.join('\n')),
    run: (options = {}) => run({ workspace, pipeline: toy.pipeline(), ...options }),
    text: (path) => readFile(join(workspace, path), 'utf8'),
  }
  return toy
}

function splitStage(toy: Toy): Stage<unknown> {
  return {
    name: 'split',
    version: 1,
    options: z.object({}),
    outcomes: { ok: 'ok', empty: 'final' },
    async plan(context) {
      const scan = { name: 'a-scan', rows: 0, facts: { text: await readFile(toy.source, 'utf8') } }
      const lines = context.own().find((one) => one.shard === 'a-scan')?.facts.lines as string[] | undefined
      const shards = (lines ?? []).map((line, index) => ({
        name: `line-${index}`,
        rows: line.split(' ').length,
        facts: { line },
      }))
      return [scan, ...shards]
    },
    async process(shard, context) {
      toy.processed.push(`split/${shard.name}`)
      if (shard.name === 'a-scan') {
        return { outcomes: {}, facts: { lines: (await readFile(toy.source, 'utf8')).split('\n') } }
      }
      const words = String(shard.facts?.line).split(' ')
      const kept = words.filter(Boolean)
      await writeFile(context.write('txt'), kept.join(' '))
      return { outcomes: { ok: kept.length, empty: words.length - kept.length } }
    },
  }
}

function shoutStage(toy: Toy, calm: () => boolean): Stage<ShoutOptions> {
  return {
    name: 'shout',
    version: 1,
    options: z.object({ mark: z.string(), threads: z.number() }),
    speed: ['threads'],
    outcomes: { ok: 'ok', bad: 'final', flaky: 'transient' },
    concurrency: (options) => options.threads,
    async plan(context) {
      return context
        .upstream('split')
        .filter((one) => one.files.length > 0)
        .map((one) => ({ name: one.shard, rows: one.outcomes.ok ?? 0, inputs: one.files }))
    },
    async process(shard, context) {
      const text = await readFile(await context.read(shard.inputs?.[0] as never), 'utf8')
      const words = text ? text.split(' ') : []
      const result = await shoutWords(words, context, { toy, calm })
      toy.processed.push(`shout/${shard.name}`)
      return result
    },
    async remove(checkpoint) {
      toy.removed.push(checkpoint.shard)
    },
  }
}

async function shoutWords(
  words: string[],
  context: ShardContext<ShoutOptions>,
  { toy, calm }: { toy: Toy; calm: () => boolean },
): Promise<ShardResult> {
  const counts = { ok: 0, bad: 0, flaky: 0 }
  const old = context.previous ? await previousWords(context) : undefined
  const out = words.map((word, index) => {
    if (word === 'BOOM') throw new TypeError('a bug')
    if (word === 'LOSE') return word
    const before = old?.[index]
    if (before !== undefined && !before.startsWith('?')) {
      counts[before.startsWith('-') ? 'bad' : 'ok']++
      return before
    }
    toy.shouted.push(word)
    const outcome = word === 'BAD' ? 'bad' : word === 'FLAKY' && !calm() ? 'flaky' : 'ok'
    counts[outcome]++
    return { bad: `-${word}`, flaky: `?${word}`, ok: word.toUpperCase() + context.options.mark }[outcome]
  })
  context.progress(words.length)
  await context.time('write', () => writeFile(context.write('txt'), out.join(' ')))
  return { outcomes: counts }
}

async function previousWords(context: ShardContext<ShoutOptions>): Promise<string[]> {
  const file = context.previous?.checkpoint.files[0]
  return (await readFile(await context.read(file as never), 'utf8')).split(' ')
}

function joinStage(toy: Toy): Stage<unknown> {
  return {
    name: 'join',
    version: 1,
    options: z.object({}),
    outcomes: { ok: 'ok' },
    async plan(context) {
      const inputs = context.upstream('shout').flatMap((one) => one.files)
      const rows = context.upstream('shout').reduce((sum, one) => sum + one.rows, 0)
      return [{ name: 'all', rows, inputs }]
    },
    async process(shard, context) {
      const texts = []
      for (const file of shard.inputs ?? []) texts.push(await readFile(await context.read(file), 'utf8'))
      await writeFile(context.write('txt'), texts.join('\n'))
      toy.processed.push('join/all')
      return { outcomes: { ok: shard.rows } }
    },
  }
}
