import { run as runPipeline } from '@promptloom/runner/run'
import type { Selection } from '@promptloom/runner/selection'
import type { Command } from 'commander'
import { type ConfigurationFlags, configurationOptions, loadFor, selectionOptions } from '../command-options.ts'
import { createListener, displayKind } from '../display/listener.ts'
import { interruptible } from '../interrupt.ts'
import { buildPipeline } from '../pipeline.ts'

/** Defines `promptloom run`. */
export function define(command: Command): void {
  selectionOptions(configurationOptions(command))
    .option('--json', 'report progress and result as JSON lines on standard output')
    .addHelpText(
      'after',
      `
Whatever is done already is skipped; a run that was killed goes on where it stopped.
Exit codes: 0 done, 1 something failed, 2 wrong input, 3 interrupted with work left.

Examples:
  promptloom run --config config/kaggle-900k.yaml
  promptloom run --source prompts.csv --model models/clip --workspace data/runs/mine
  promptloom run --config my.yaml --from embed`,
    )
    .action(async (flags: ConfigurationFlags & Selection & { json?: boolean }) => {
      const configuration = await loadFor(flags)
      const stream = flags.json ? process.stdout : process.stderr
      const listener = createListener(displayKind(flags.json === true, stream.isTTY === true), stream)
      const { workspace } = configuration
      const pipeline = buildPipeline(configuration)
      const { only, from, to } = flags
      const selection = Object.fromEntries(Object.entries({ only, from, to }).filter(([, stage]) => stage !== undefined))
      const result = await interruptible((signal) => runPipeline({ workspace, pipeline, signal, listener, ...selection }))
      process.exitCode = result.exitCode
    })
}
