import { readFile } from 'node:fs/promises'
import { OfflineRefiner } from '@promptloom/refine/offline-refiner'
import type { Refiner } from '@promptloom/refine/refiner'
import { UserError } from '@promptloom/runner/errors'
import type { Command } from 'commander'
import { modelFacts } from '../benchmark/model-facts.ts'
import { type ConfigurationFlags, configurationOptions, counted, loadFor } from '../command-options.ts'
import type { Configuration } from '../configuration.ts'
import { worthText } from '../display/worth-text.ts'
import { interruptible } from '../interrupt.ts'
import { openPainter } from '../loop/painter.ts'
import { openRefiner } from '../loop/refiner.ts'
import { measureWorth } from '../loop/worth.ts'
import { number } from '../question-flags.ts'
import { openSearchSession, type SearchSession } from '../search-session.ts'

interface BenchFlags extends ConfigurationFlags {
  readonly prompts?: string
  readonly count: number
  readonly seed: number
  readonly json?: boolean
}

/** Defines `promptloom bench feedback`. */
export function define(command: Command): void {
  configurationOptions(command)
    .option('--prompts <file>', 'prompts to improve, one a line; default: some of the collection')
    .option('--count <number>', 'most prompts that are taken', counted, 20)
    .option('--seed <number>', 'seed of every picture', number, 1)
    .option('--json', 'print the figures as JSON')
    .addHelpText(
      'after',
      `
Does improving help? Paints each prompt as it is and as it was improved, with the same seed, and compares: the CLIP
score (likeness of the picture to what was asked for) and novelty (distance to the nearest picture of the collection),
before and after, with 95 % intervals, for the configured refiner and for the offline one. Costs a refinement and two
pictures a prompt. Stand-ins are named: with them, the figures say nothing of real models.

Examples:
  promptloom bench feedback --workspace data/runs/mine
  promptloom bench feedback --prompts mine.txt --count 50 --json`,
    )
    .action(async (flags: BenchFlags) => {
      const configuration = await loadFor(flags)
      // Found out before a model and a database are opened for it.
      const prompts = flags.prompts === undefined ? undefined : await fromFile(flags.prompts)
      await interruptible((signal) => bench(configuration, { ...flags, prompts }, signal))
    })
}

async function bench(
  configuration: Configuration,
  flags: Omit<BenchFlags, 'prompts'> & { readonly prompts: readonly string[] | undefined },
  signal: AbortSignal,
): Promise<void> {
  await using session = await openSearchSession(configuration)
  await using painter = await openPainter(configuration)
  const { collection, searcher } = session
  if (!collection.encoder.embedPictures) {
    throw new UserError(`The model ${configuration.model} has no picture tower, so that pictures cannot be compared.`)
  }
  const prompts = flags.prompts ?? (await sampled(session, flags.count))
  const refiners = await refinersOf(configuration)
  const worths = await measureWorth({
    ...{ collection, searcher, refiners, painter, signal, seed: flags.seed },
    prompts: prompts.slice(0, flags.count),
    onPrompt: (label, done) =>
      console.error(`${label}: prompt ${done + 1} of ${Math.min(prompts.length, flags.count)}`),
  })
  const { name, standIn } = await modelFacts(configuration.model, session.model.digest)
  const makers = { model: name, standIn, painter: painter.describe() }
  console.log(flags.json ? JSON.stringify({ worths, ...makers }, null, 2) : worthText(worths, makers))
}

/** The configured refiner, and the offline one to compare it with. */
async function refinersOf(configuration: Configuration): Promise<Refiner[]> {
  const configured = await openRefiner(configuration.refine)
  return configured.describe().kind === 'offline' ? [configured] : [configured, new OfflineRefiner()]
}

/** Prompts of the dataset's own rows, those with the smallest ids, so that a repeated look takes the same. */
async function sampled({ collection }: SearchSession, count: number): Promise<string[]> {
  const { store, tables } = collection
  if (!tables.prompts) throw new UserError('The collection has no prompts yet; run promptloom run first.')
  const rows = await store.database.rows<{ prompt: string }>(
    `SELECT prompt FROM ${tables.prompts.table.name} WHERE origin = 'dataset' ORDER BY id LIMIT {count:UInt32}`,
    { params: { count } },
  )
  return rows.map(({ prompt }) => prompt)
}

async function fromFile(path: string): Promise<string[]> {
  const text = await readFile(path, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    throw new UserError(`${path} cannot be read (${cause.code}); give a file with a prompt a line.`, { cause })
  })
  const prompts = text.split(/\r?\n/).map((line) => line.trim())
  const found = prompts.filter((prompt) => prompt !== '')
  if (found.length === 0) throw new UserError(`${path} has no prompts; give a file with a prompt a line.`)
  return found
}
