import { existsSync } from 'node:fs'
import { mkdir, readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { writeDurably } from '@promptloom/runner/disk'
import { UserError } from '@promptloom/runner/errors'
import { type StoreConfig, storeConfig } from '@promptloom/store/config'
import { z } from 'zod'
import { measureOptions } from './benchmark/options.ts'
import { buildIndexOptions } from './build-index/options.ts'
import { downloadOptions } from './download/options.ts'
import { embedOptions } from './embed/options.ts'
import { databaseServer, type Environment, environment } from './environment.ts'
import { feedbackOptions } from './feedback/options.ts'
import { fetchOptions } from './fetch-images/options.ts'
import { loadOptions } from './load/options.ts'
import { generateOptions } from './loop/generate-options.ts'
import { refineOptions } from './loop/refine-options.ts'

const store = z
  .union([
    z.strictObject({ ...storeConfig.options[0].shape, path: storeConfig.options[0].shape.path.optional() }),
    z.strictObject({
      ...storeConfig.options[1].omit({ password: true }).shape,
      url: storeConfig.options[1].shape.url.optional(),
    }),
  ])
  .optional()
  .describe(
    'The database. Default: the server that MYSCALE_URL or CLICKHOUSE_URL names, else the engine inside this process, in <workspace>/store. User and password come from the environment alone.',
  )

/** Everything that a configuration file may say, by stage; every key has a default. */
export const configurationSchema = z.strictObject({
  workspace: z
    .string()
    .min(1)
    .default('data/runs/default')
    .describe('Folder of everything a run leaves behind. Default: data/runs/default, under the current folder.'),
  source: z
    .string()
    .min(1)
    .optional()
    .describe(
      'The collection: a CSV file (plain, .gz, .zst, .zip), an http(s) URL, or kaggle:owner/slug[/file][@version]. No default.',
    ),
  model: z
    .string()
    .min(1)
    .default('models/clip-vit-base-patch32')
    .describe(
      'Model directory in the Hugging Face layout. Default: models/clip-vit-base-patch32, where "promptloom model pull" puts CLIP ViT-B/32.',
    ),
  store,
  download: downloadOptions.omit({ source: true }).prefault({}).describe('How the collection is read.'),
  'fetch-images': fetchOptions.prefault({}).describe('How pictures are fetched, checked and kept.'),
  feedback: feedbackOptions
    .omit({ pictures: true })
    .prefault({})
    .describe('How improved prompts and kept pictures come into the collection.'),
  embed: embedOptions.omit({ model: true }).prefault({}).describe('How prompts and pictures become vectors.'),
  load: loadOptions.omit({ store: true }).prefault({}).describe('How rows get into the database.'),
  'build-index': buildIndexOptions.omit({ store: true }).prefault({}).describe('How the vector indexes are built.'),
  refine: refineOptions.prefault({}).describe('Who improves prompts.'),
  generate: generateOptions.prefault({}).describe('Who paints.'),
  benchmark: measureOptions.prefault({}).describe('How recall and latency are measured.'),
})

/** A configuration with every default in place. */
export type Configuration = z.output<typeof configurationSchema>

/** The database that a configuration means, with secrets from the environment. */
export function storeOf(configuration: Configuration, from: Environment = environment()): StoreConfig {
  const { store, workspace } = configuration
  const server = databaseServer(from)
  if (store?.kind === 'embedded' || (!store && !server.url)) {
    return { kind: 'embedded', ...store, path: resolve(store?.path ?? join(workspace, 'store')) }
  }
  const url = (store?.kind === 'server' ? store.url : undefined) ?? server.url
  if (!url)
    throw new UserError('The store is a server, but no address is given; set store.url, MYSCALE_URL or CLICKHOUSE_URL.')
  const { user, password } = server
  return {
    kind: 'server',
    ...store,
    url,
    ...(user === undefined ? {} : { user }),
    ...(password === undefined ? {} : { password }),
  }
}

/**
 * The database of a workspace where something ran; asking it a question must not create it.
 * @throws UserError where an embedded store does not exist yet.
 */
export function existingStoreOf(configuration: Configuration): StoreConfig {
  const store = storeOf(configuration)
  if (store.kind === 'embedded' && !existsSync(store.path)) {
    throw new UserError(
      `Nothing has been loaded in ${configuration.workspace} yet; check --workspace, or run promptloom run first.`,
    )
  }
  return store
}

const REMEMBERED = 'configuration.json'

/** Keeps a run's configuration in its workspace, so that later commands need only name the workspace. */
export async function rememberConfiguration(configuration: Configuration): Promise<void> {
  await mkdir(configuration.workspace, { recursive: true })
  await writeDurably(join(configuration.workspace, REMEMBERED), `${JSON.stringify(configuration, null, 2)}\n`)
}

/** Path of the configuration of the workspace's last run; undefined where nothing ever ran. */
export async function rememberedConfiguration(workspace: string): Promise<string | undefined> {
  return (await rememberedText(workspace)) === undefined ? undefined : join(workspace, REMEMBERED)
}

/**
 * What a workspace remembers now, to be put back where the next configuration turns out to be the user's mistake; where
 * it remembered nothing there is nothing to put back, and a mistaken configuration is better than none.
 */
export async function memoryOf(workspace: string): Promise<{ restore(): Promise<void> }> {
  const text = await rememberedText(workspace)
  return {
    async restore() {
      if (text !== undefined) await writeDurably(join(workspace, REMEMBERED), text)
    },
  }
}

function rememberedText(workspace: string): Promise<string | undefined> {
  return readFile(join(workspace, REMEMBERED), 'utf8').catch(() => undefined)
}
