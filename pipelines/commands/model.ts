import { readdir, readFile } from 'node:fs/promises'
import { basename, extname, join } from 'node:path'
import type { DeviceWish } from '@promptloom/clip/device'
import { readGolden } from '@promptloom/clip/golden'
import { PUBLIC_HUB, type PullEvent, pullModel } from '@promptloom/clip/hub'
import { openModel } from '@promptloom/clip/model'
import { readModelDirectory } from '@promptloom/clip/model-directory'
import type { Precision } from '@promptloom/clip/model-graphs'
import { DEFAULT_MODEL, KNOWN_MODELS, readSource, resolveName } from '@promptloom/clip/model-source'
import { type Check, verifyModel } from '@promptloom/clip/verification'
import { UserError } from '@promptloom/runner/errors'
import { type Command, Option } from 'commander'
import { modelHub } from '../environment.ts'
import { interruptible } from '../interrupt.ts'
import { picturePaths } from './picture-folder.ts'

/** Folder that models are put in, under the current one. */
const MODELS = 'models'
const PRECISIONS = ['auto', 'fp32', 'fp16', 'int8', 'q4'] as const
const DEVICES = ['auto', 'cpu', 'cuda', 'tensorrt', 'webgpu', 'coreml', 'dml'] as const

/** Defines `promptloom model list | pull | verify`. */
export function define(command: Command): void {
  command.addHelpText(
    'after',
    '\nExamples:\n  promptloom model list\n  promptloom model pull\n  promptloom model verify models/clip-vit-base-patch32',
  )
  command.addHelpText('after', '\nA model is a folder in the Hugging Face layout: config.json, tokenizer.json, onnx/…')
  command
    .command('list')
    .description('List models that fit, and those that are here')
    .option('--json', 'print an array of {name, repository, dimension, description, directory}')
    .action(list)
  command
    .command('pull')
    .description('Download a model from the hub; goes on where it stopped, and checks every file')
    .argument('[name]', 'a name of "model list", or owner/repository', DEFAULT_MODEL)
    .option('--revision <name>', 'branch, tag or commit; the commit is recorded', 'main')
    .addOption(new Option('--precision <kind>', 'weights; auto is fp32').choices(PRECISIONS).default('auto'))
    .option('--to <folder>', `where to put it; default ${MODELS}/<name>`)
    .addHelpText(
      'after',
      `
Examples:
  promptloom model pull
  promptloom model pull clip-vit-large-patch14 --precision fp16
  HF_ENDPOINT=https://mirror.example promptloom model pull

HF_ENDPOINT names a mirror of the hub, HF_TOKEN a token for it.`,
    )
    .action(pull)
  command
    .command('verify')
    .description('Prove a model: its files, tokens, preprocessing, vectors')
    .argument('<folder>', 'the model')
    .option('--golden <folder>', 'published values of the real CLIP to compare with')
    .option('--photos <folder>', 'photos named by what they show, e.g. hot_dog.jpg or cat2.jpg')
    .addOption(new Option('--precision <kind>', 'weights').choices(PRECISIONS).default('auto'))
    .addOption(new Option('--device <name>', 'where it runs').choices(DEVICES).default('auto'))
    .option('--json', 'print {digest, dimension, device, precision, checks}')
    .addHelpText(
      'after',
      '\nExample:\n  promptloom model verify models/clip-vit-base-patch32\n\nExit code 1 when a check fails.',
    )
    .action(verify)
}

async function list({ json }: { json?: boolean }): Promise<void> {
  const names = await readdir(MODELS).catch(() => [])
  const isModel = (name: string) =>
    readModelDirectory(join(MODELS, name)).then(
      () => true,
      () => false,
    )
  const here = new Set<string>()
  for (const name of names) if (await isModel(name)) here.add(name)
  const known = KNOWN_MODELS.map((model) => ({
    ...model,
    directory: here.has(model.name) ? join(MODELS, model.name) : null,
  }))
  const others = [...here].filter((name) => !KNOWN_MODELS.some((model) => model.name === name))
  const all = [
    ...known,
    ...others.map((name) => ({
      name,
      repository: null,
      dimension: null,
      description: '',
      directory: join(MODELS, name),
    })),
  ]
  if (json) {
    console.log(JSON.stringify(all, null, 2))
    return
  }
  for (const { name, dimension, description, directory } of all) {
    const state = directory === null ? 'not here' : `in ${directory}`
    console.log(
      [name.padEnd(26), String(dimension ?? '').padStart(4), ` ${state.padEnd(34)}`, description].join(' ').trimEnd(),
    )
  }
}

interface PullFlags {
  readonly revision: string
  readonly precision: Precision
  readonly to?: string
}

async function pull(name: string, flags: PullFlags): Promise<void> {
  const resolved = resolveName(name)
  if (!resolved) {
    throw new UserError(`"${name}" names no model; give a name of "promptloom model list", or owner/repository.`)
  }
  const directory = flags.to ?? join(MODELS, resolved.directory)
  const { hub = PUBLIC_HUB, token } = modelHub()
  if (!/^https?:\/\/./.test(hub) || !URL.canParse(hub)) {
    throw new UserError(`HF_ENDPOINT is "${hub}", but must be an address such as https://mirror.example.`)
  }
  const { repository } = resolved
  const { revision, precision } = flags
  const source = await interruptible((signal) =>
    pullModel({
      hub,
      token,
      repository,
      revision,
      precision,
      directory,
      signal,
      listener: pullDisplay(),
    }),
  )
  console.error(
    `${directory} is ${source.repository} at ${source.revision}. Prove it: promptloom model verify ${directory}`,
  )
}

/** One line a file; on a terminal, the share that has come. */
function pullDisplay(): (event: PullEvent) => void {
  const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(1)} MB`
  return (event) => {
    if (event.type === 'resolved') {
      const total = event.files.reduce((sum, file) => sum + file.bytes, 0)
      console.error(`${event.files.length} files, ${megabytes(total)}, at ${event.revision}`)
    } else if (event.type === 'file') {
      const end = process.stderr.isTTY ? '\r\x1b[K' : ''
      console.error(`${end}${event.name}  ${megabytes(event.bytes)}`)
    } else if (process.stderr.isTTY) {
      process.stderr.write(`\r\x1b[K${event.name}  ${Math.floor((100 * event.bytes) / event.total)} %`)
    }
  }
}

interface VerifyFlags {
  readonly golden?: string
  readonly photos?: string
  readonly precision: Precision
  readonly device: DeviceWish
  readonly json?: boolean
}

async function verify(directory: string, flags: VerifyFlags): Promise<void> {
  const { device: wish, precision: wished } = flags
  const golden = flags.golden === undefined ? undefined : await readGolden(flags.golden)
  const photos = flags.photos === undefined ? [] : await readPhotos(flags.photos)
  await using model = await openModel(directory, { device: wish, precision: wished })
  const checks = await verifyModel(model, directory, { golden, photos, source: await readSource(directory) })
  const { digest, dimension, device, precision } = model
  if (flags.json) console.log(JSON.stringify({ digest, dimension, device, precision, checks }, null, 2))
  else print({ digest, dimension, precision, device: device.reason }, checks)
  if (checks.some((check) => check.result === 'failed')) process.exitCode = 1
}

function print(facts: Readonly<Record<string, string | number>>, checks: readonly Check[]): void {
  for (const [name, value] of Object.entries(facts)) console.log(`${name.padEnd(20)} ${value}`)
  for (const { name, result, detail } of checks) console.log(`${name.padEnd(20)} ${result.padEnd(8)} ${detail}`)
}

/** Photos by what their names say: `hot_dog2.jpg` shows `hot dog`. */
async function readPhotos(folder: string) {
  const photo = async (path: string) => {
    const shows = basename(path, extname(path)).replace(/\d+$/, '').replaceAll('_', ' ')
    return { shows, bytes: await readFile(path) }
  }
  return Promise.all((await picturePaths(folder)).map(photo))
}
