import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Checkpoint, FileRef, Shard, ShardContext, ShardResult, StageContext } from '@promptloom/runner/stage'
import type { Job, Phase } from './lifecycle.ts'
import type { BenchmarkOptions } from './options.ts'
import { type Lifecycle, lifecycleSchema } from './report/report-schema.ts'

/** The shard that measures a scratch copy over its life. */
export const LIFECYCLE = '3-lifecycle'

type Context = ShardContext<BenchmarkOptions>

/** Planned where `lifecycleRows` asks for it and embed has left vectors of prompts, or else of pictures. */
export function lifecycleShard({ options, upstream }: StageContext<BenchmarkOptions>): Shard | undefined {
  if (options.lifecycleRows === 0) return undefined
  const embedded = upstream('embed')
  const kind = embedded.some(({ shard }) => shard.startsWith('text-')) ? 'text' : 'image'
  const inputs: FileRef[] = []
  let rows = 0
  for (const checkpoint of embedded) {
    const file = tableFile(checkpoint)
    if (!checkpoint.shard.startsWith(`${kind}-`) || !file || rows >= options.lifecycleRows) continue
    inputs.push(file)
    rows += checkpoint.rows
  }
  const dimension = embedded.map(({ facts }) => facts.dimension).find((one) => typeof one === 'number')
  if (inputs.length === 0 || dimension === undefined) return undefined
  return { name: LIFECYCLE, rows: Math.min(rows, options.lifecycleRows), inputs, facts: { kind, dimension } }
}

/** Measures the copy in two processes of its own, and throws it away. */
export async function measureLifecycle(shard: Shard, context: Context): Promise<ShardResult> {
  const { kind, dimension } = shard.facts as { kind: 'text' | 'image'; dimension: number }
  const folder = join(context.workspace, 'cache', 'benchmark-copy')
  await rm(folder, { recursive: true, force: true })
  await mkdir(folder, { recursive: true })
  const files = []
  for (const file of shard.inputs ?? []) files.push(await context.read(file))
  const { tolerance } = context.options
  const job = { folder, table: kind, files, rows: shard.rows, dimension, tolerance } as const
  try {
    const built = await context.time('build', () =>
      inProcess<Omit<Lifecycle, 'heldOut'>>({ ...job, part: 'build' }, context.signal),
    )
    const restarted = await context.time('restart', () => inProcess<Phase>({ ...job, part: 'restart' }, context.signal))
    const heldOut = restarted.recall?.n ?? 0
    const report = lifecycleSchema.parse({ ...built, heldOut, phases: [...built.phases, restarted] })
    await writeFile(context.write('jsonl'), `${JSON.stringify(report)}\n`)
    const unproven = report.phases.every(({ withheld }) => withheld !== null)
    return { outcomes: { [unproven ? 'unproven' : 'ok']: shard.rows } }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Reads what a committed shard has measured. */
export async function readLifecycle(path: string): Promise<Lifecycle> {
  return lifecycleSchema.parse(JSON.parse(await readFile(path, 'utf8')))
}

async function inProcess<T>(job: Job, signal: AbortSignal): Promise<T> {
  const result = join(job.folder, `${job.part}.result`)
  const script = join(import.meta.dirname, 'lifecycle-process.ts')
  const loader = import.meta.resolve('tsx')
  const child = spawn(process.execPath, ['--import', loader, script, JSON.stringify(job), result], {
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let errors = ''
  child.stderr.on('data', (text: Buffer) => {
    errors = (errors + text.toString()).slice(-4000)
  })
  const stop = () => child.kill('SIGKILL')
  signal.addEventListener('abort', stop, { once: true })
  const [code] = (await once(child, 'close')) as [number | null]
  signal.removeEventListener('abort', stop)
  signal.throwIfAborted()
  if (code !== 0) throw new Error(`The process of the scratch copy ended with ${code}: ${errors.trim()}`)
  return JSON.parse(await readFile(result, 'utf8')) as T
}

function tableFile(checkpoint: Checkpoint): FileRef | undefined {
  return checkpoint.files.find((file) => file.name === `${checkpoint.shard}.parquet`)
}
