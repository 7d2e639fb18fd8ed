import { resolve } from 'node:path'
import type { Picture } from '@promptloom/generate/back-end'
import { checkRequest } from '@promptloom/refine/refine-input'
import type { Command } from 'commander'
import { type ConfigurationFlags, configurationOptions, loadFor } from '../command-options.ts'
import type { Configuration } from '../configuration.ts'
import { createListener, displayKind } from '../display/listener.ts'
import { paintProgress } from '../display/paint-progress.ts'
import { makerOf } from '../feedback/maker.ts'
import { interruptible } from '../interrupt.ts'
import { type Keepsake, keep, keptExitCode, type RefinedPrompt } from '../loop/keep.ts'
import { openPainter } from '../loop/painter.ts'
import { PictureFolder, preparePictureFolder } from '../loop/picture-folder.ts'
import { openRefiner } from '../loop/refiner.ts'
import { retrieve } from '../loop/retrieve.ts'
import { requireRows } from '../loop/row-presence.ts'
import type { SavedPicture } from '../loop/saved-picture.ts'
import { withoutUndefined } from '../loop/without-undefined.ts'
import { number, ratio } from '../question-flags.ts'
import { openSearchSession } from '../search-session.ts'

interface GenerateFlags extends ConfigurationFlags {
  readonly refine?: boolean
  readonly count: number
  readonly seed?: number
  readonly negative?: string
  readonly width?: number
  readonly height?: number
  readonly steps?: number
  readonly sampler?: string
  readonly cfg?: number
  readonly checkpoint?: string
  readonly parent: readonly string[]
  readonly out: string
  readonly keep?: boolean
  readonly json?: boolean
}

/** Defines `promptloom generate`. */
export function define(command: Command): void {
  paintOptions(configurationOptions(command.argument('<words...>', 'the prompt to paint')))
    .option('--refine', 'improve the prompt first, from what the collection has that is like it')
    .option(
      '--parent <id>',
      'a row that inspired it; repeatable',
      (value, before) => [...before, value],
      [] as string[],
    )
    .option('--out <folder>', 'where the pictures go, each with a JSON file of how it was made', '.')
    .option('--keep', 'keep the pictures in the collection too')
    .option('--json', 'print the files and their parameters as JSON')
    .addHelpText(
      'after',
      `
Paints with what generate.painter in the configuration names: automatic1111 (Forge and SD.Next too), comfyui,
openai-images, or sketch, a painter without weights that stands in for Stable Diffusion and labels its pictures so.
Their secrets: AUTOMATIC1111_AUTH (user:password), COMFYUI_TOKEN, and OPENAI_API_KEY, which is sent to OpenAI and to
this machine alone (else generate.painter.keyEnv names the variable with the key).
Ctrl-C stops the work on the server too; pictures that are painted by then stay.

Examples:
  promptloom generate "a castle at night, watercolour"
  promptloom generate "a castle at night" --refine --count 4 --seed 7 --keep
  promptloom generate "a castle" --width 768 --height 512 --steps 30 --sampler "Euler a" --out pictures`,
    )
    .action(async (words: readonly string[], flags: GenerateFlags) => {
      const configuration = await loadFor(flags)
      await requireRows(configuration.workspace, flags.parent)
      process.exitCode = await generate(words.join(' '), configuration, flags)
    })
}

function paintOptions(command: Command): Command {
  return command
    .option('--count <number>', 'pictures wanted', number, 1)
    .option('--seed <number>', 'seed of the first picture; the next have the next ones. Default: random', number)
    .option('--negative <words>', 'what the pictures should not show')
    .option('--width <pixels>', 'width', number)
    .option('--height <pixels>', 'height', number)
    .option('--steps <number>', 'denoising steps', number)
    .option('--sampler <name>', "the painter's name of the sampler")
    .option('--cfg <scale>', 'guidance scale', ratio)
    .option('--checkpoint <name>', "the painter's name of the model")
}

async function generate(asked: string, configuration: Configuration, flags: GenerateFlags): Promise<number> {
  const path = resolve(flags.out)
  await using painter = await openPainter(configuration)
  return interruptible(async (signal) => {
    await preparePictureFolder(path)
    const refined = flags.refine ? await improve(asked, configuration, { signal, flags }) : undefined
    const folder = new PictureFolder(path, {
      painter: makerOf(painter),
      ...(refined ? { refined } : { parents: flags.parent }),
    })
    const progress = paintProgress(process.stderr)
    if (!flags.json) console.error(`Painting by ${painter.describe().label}.`)
    try {
      const request = { ...requestOf(flags), prompt: refined?.prompt ?? asked }
      const onPicture = (picture: Picture) => folder.add(picture)
      const until = AbortSignal.any([signal, folder.failed])
      await painter.generate(request, { signal: until, onPicture, onProgress: progress.show })
    } finally {
      progress.end()
      // What is painted is on the disk before the failure is told.
      await folder.settled()
    }
    folder.failed.throwIfAborted()
    const saved = await folder.settled()
    const kept = flags.keep ? await keepSaved(configuration, saved, { signal, json: flags.json === true }) : undefined
    tell(saved, { refined, kept, json: flags.json === true })
    return kept ? keptExitCode(kept) : 0
  })
}

async function improve(
  prompt: string,
  configuration: Configuration,
  { signal, flags }: { signal: AbortSignal; flags: GenerateFlags },
): Promise<RefinedPrompt> {
  checkRequest({ prompt, neighbours: [], variants: 1 })
  const refiner = await openRefiner(configuration.refine)
  await using session = await openSearchSession(configuration)
  const neighbours = await retrieve(session.searcher, { prompt, count: configuration.refine.neighbours }, signal)
  const { seed } = flags
  const request = { prompt, neighbours, variants: 1, ...(seed === undefined ? {} : { seed }) }
  const { variants } = await refiner.refine(request, { signal })
  const [variant] = variants
  const shown = neighbours.map(({ id, similarity }) => ({ id, similarity }))
  const base = { asked: prompt, refiner: makerOf(refiner), neighbours: shown }
  const parents = [...new Set([...flags.parent, ...(variant?.neighbours ?? [])])]
  return variant ? { ...base, prompt: variant.prompt, reason: variant.reason, parents } : { ...base, prompt, parents }
}

async function keepSaved(
  configuration: Configuration,
  saved: readonly SavedPicture[],
  { signal, json }: { signal: AbortSignal; json: boolean },
) {
  const keepsakes: Keepsake[] = saved.map(({ keepsake }) => keepsake)
  const listener = json ? undefined : createListener(displayKind(false, process.stderr.isTTY === true), process.stderr)
  return keep(configuration, keepsakes, { signal, ...(listener ? { listener } : {}) })
}

function tell(
  saved: readonly SavedPicture[],
  {
    refined,
    kept,
    json,
  }: { refined: RefinedPrompt | undefined; kept: Awaited<ReturnType<typeof keep>> | undefined; json: boolean },
): void {
  if (json) {
    const pictures = saved.map(({ path, id, facts }) => ({ path, id, ...facts }))
    console.log(JSON.stringify({ ...(refined ? { refined } : {}), pictures, ...(kept ? { kept } : {}) }, null, 2))
    return
  }
  if (refined) console.log(`Improved by ${refined.refiner?.label}:\n  ${refined.prompt}`)
  for (const { path, facts } of saved) {
    const { width, height, parameters, painter } = facts
    const seed = parameters.seed === null ? '' : `, seed ${parameters.seed}`
    console.log(`${path}  ${width}×${height}${seed}${painter.standIn ? '  (a stand-in for Stable Diffusion)' : ''}`)
  }
  if (kept) {
    for (const { id, outcome } of kept.rows) console.log(`Kept as ${id}: ${outcome}.`)
    console.log(kept.note)
  }
}

function requestOf({ count, seed, negative, width, height, steps, sampler, cfg, checkpoint }: GenerateFlags) {
  const all = { count, seed, negativePrompt: negative, width, height, steps, sampler, cfg, model: checkpoint }
  return withoutUndefined(all)
}
