import { InterruptedError } from '@promptloom/runner/errors'
import type { Command } from 'commander'
import { type ConfigurationFlags, configurationOptions, loadFor } from '../command-options.ts'
import type { Configuration } from '../configuration.ts'
import { ingestProgress, ingestText } from '../display/ingest-text.ts'
import { createListener, displayKind } from '../display/listener.ts'
import { interruptible } from '../interrupt.ts'
import { type BroughtIn, bringIn } from '../loop/bring-in.ts'
import { type Ingested, ingest } from '../loop/ingest/ingest.ts'
import { watch } from '../loop/ingest/watch.ts'
import { ratio } from '../question-flags.ts'

interface IngestFlags extends ConfigurationFlags {
  readonly watch?: boolean
  readonly interval: number
  readonly again?: boolean
  readonly json?: boolean
}

/** Defines `promptloom ingest`. */
export function define(command: Command): void {
  configurationOptions(command.argument('<paths...>', 'folders and files'))
    .option('--watch', 'go on taking in what comes, until Ctrl-C')
    .option('--interval <seconds>', 'with --watch: time between two looks', ratio, 2)
    .option('--again', 'look again at files that were taken in before as they are')
    .option('--json', 'print what became of it as JSON; with --watch a line for each look that brought something')
    .addHelpText(
      'after',
      `
Takes in what other programs made:
  pictures (PNG, JPEG, WebP) that say how they were made, as AUTOMATIC1111 and Forge, ComfyUI, InvokeAI, Fooocus, NovelAI,
  SwarmUI and Draw Things write it, or with the JSON file that "promptloom generate" puts beside them
  .jsonl: an improved prompt a line, {"prompt": …, "asked": …, "parents": [ids], "reason": …, "refiner": …}
  .csv: columns original_prompt and enhanced_prompt, and perhaps id (the original's row) and similarity
The same files twice add nothing. Everything is accounted for; what cannot be used is listed, with the reason, in
ingest/…rejects.jsonl of the workspace. With --watch a file is taken in once it has stopped growing.
Exit codes: 0 done, 2 wrong input, 3 interrupted, or rows wait in the inbox for the next run.

Examples:
  promptloom ingest outputs/txt2img-images
  promptloom ingest refined.csv more.jsonl --workspace data/runs/mine
  promptloom ingest ~/ComfyUI/output --watch`,
    )
    .action(async (paths: readonly string[], flags: IngestFlags) => {
      const configuration = await loadFor(flags)
      process.exitCode = flags.watch
        ? await watching(configuration, paths, flags)
        : await once(configuration, paths, flags)
    })
}

async function once(configuration: Configuration, paths: readonly string[], flags: IngestFlags): Promise<number> {
  const { workspace } = configuration
  const { maxBytes } = configuration['fetch-images']
  const progress = ingestProgress(process.stderr)
  const { again = false } = flags
  return interruptible(async (signal) => {
    const options = { maxBytes, again, signal, onProgress: progress.show }
    const ingested = await ingest(workspace, paths, options).finally(progress.end)
    const brought = await bringing(configuration, signal)
    tell(flags, ingested, brought)
    return brought.searchable ? 0 : 3
  })
}

/** Ends with 0 where everything that was taken in can be searched, else with 3. */
async function watching(configuration: Configuration, paths: readonly string[], flags: IngestFlags): Promise<number> {
  const { workspace } = configuration
  const { maxBytes } = configuration['fetch-images']
  let waiting = false
  return interruptible(async (signal) => {
    if (!flags.json) console.error(`Watching ${paths.join(', ')}; Ctrl-C ends it.`)
    const cut = await watch(workspace, paths, {
      ...{ maxBytes, signal, interval: Math.max(0.05, flags.interval) * 1000 },
      async onTaken(ingested) {
        const brought = await bringing(configuration, signal).catch((error): BroughtIn => {
          if (!(error instanceof InterruptedError)) throw error
          return { searchable: false, note: 'In the inbox; joins with the next run.' }
        })
        waiting = !brought.searchable
        tell(flags, ingested, brought)
      },
    })
    return waiting || cut ? 3 : 0
  })
}

function bringing(configuration: Configuration, signal: AbortSignal): Promise<BroughtIn> {
  const listener = createListener(displayKind(false, process.stderr.isTTY === true), process.stderr)
  return bringIn(configuration, { signal, listener })
}

function tell({ json, watch }: IngestFlags, ingested: Ingested, brought: BroughtIn): void {
  const all = { ...ingested, ...brought }
  if (json) console.log(JSON.stringify(all, null, watch ? 0 : 2))
  else console.log(`${ingestText(ingested)}\n${noteOf(ingested, brought)}`)
}

function noteOf({ ledger }: Ingested, { searchable, note }: BroughtIn): string {
  return searchable && ledger.new === 0 ? 'Nothing new came in.' : note
}
