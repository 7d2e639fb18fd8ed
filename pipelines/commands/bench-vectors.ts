import { existsSync, statSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { UserError } from '@promptloom/runner/errors'
import { openStore } from '@promptloom/store/store'
import type { Command } from 'commander'
import { trackText } from '../benchmark/report/markdown.ts'
import { StoreTable } from '../benchmark/store-target.ts'
import { exportVectors, measureVectorFile } from '../benchmark/vector-exchange.ts'
import { type ConfigurationFlags, configurationOptions, loadFor } from '../command-options.ts'
import { existingStoreOf } from '../configuration.ts'

interface VectorFlags extends ConfigurationFlags {
  readonly export?: string
  readonly table: string
  readonly force?: boolean
  readonly full?: boolean
  readonly json?: boolean
}

/** Defines `promptloom bench vectors`. */
export function define(command: Command): void {
  configurationOptions(
    command.argument(
      '[file]',
      'data set to be measured: a file in the form of ann-benchmarks (HDF5), or a folder in that of VectorDBBench (Parquet)',
    ),
  )
    .option(
      '--export <file>',
      "write the workspace's vectors, questions and exact answers instead, as HDF5 in the form of ann-benchmarks",
    )
    .option('--table <table>', 'text or image, with --export', 'text')
    .option('--force', 'with --export: replace a file that is there')
    .option('--full', 'the whole sweep: k 1, 10 and 100, all efforts, 1 to 16 clients')
    .option('--json', 'print the figures as JSON')
    .addHelpText(
      'after',
      `
Examples:
  promptloom bench vectors glove-25-angular.hdf5
  promptloom bench vectors cohere_medium_1m
  promptloom bench vectors --workspace data/runs/mine --export prompts-512-angular.hdf5`,
    )
    .action(async (file: string | undefined, flags: VectorFlags) => {
      if (flags.export !== undefined) return exportTo(resolve(flags.export), flags)
      if (file === undefined) throw new UserError('Name a file to measure, or give --export and a file to write.')
      return measure(resolve(file), flags)
    })
}

async function measure(path: string, flags: VectorFlags): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'promptloom-vectors-'))
  try {
    await using store = await openStore({ kind: 'embedded', path: join(folder, 'store') })
    const track = await measureVectorFile(path, store, folder, { sweep: flags.full ? 'full' : 'quick' })
    console.log(
      flags.json ? JSON.stringify(track, null, 2) : `# ${path}\n\n${track.engine.label}\n\n${trackText(track)}`,
    )
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function exportTo(path: string, flags: VectorFlags): Promise<void> {
  const { table: kind } = flags
  if (kind !== 'text' && kind !== 'image') throw new UserError(`--table is "${kind}"; it must be text or image.`)
  writable(path, flags.force === true)
  const configuration = await loadFor(flags)
  await using store = await openStore(existingStoreOf(configuration))
  const { name, shape } = store.table(kind)
  const own = new StoreTable(store, store.table(kind))
  if ((await own.rows()) === 0) {
    throw new UserError(`The ${kind} table is empty; run the pipeline to its load stage first.`)
  }
  const { rows, questions } = await exportVectors({ database: store.database, name, shape }, path, {
    queries: 1000,
    seed: 'promptloom',
    own,
  })
  console.error(`${path}: ${rows.toLocaleString('en-US')} vectors, ${questions} questions with their exact answers.`)
}

/** Looks before the work of minutes whether its result may be written there. */
function writable(path: string, force: boolean): void {
  const there = statSync(path, { throwIfNoEntry: false })
  if (there?.isDirectory() || path.endsWith('.parquet')) {
    throw new UserError(`--export writes one file of HDF5, which ${path} can't be; name one that ends with .hdf5.`)
  }
  if (there && !force) {
    throw new UserError(`${path} is there already; say --force to replace it, or name another file.`)
  }
  if (!existsSync(dirname(path)))
    throw new UserError(`There is no folder ${dirname(path)} to write into; make it first.`)
}
