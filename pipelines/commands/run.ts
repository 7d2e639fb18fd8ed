import { readModelDirectory } from '@promptloom/clip/model-directory'
import { type Selection, selectStages } from '@promptloom/runner/selection'
import { readStatus } from '@promptloom/runner/status'
import type { Command } from 'commander'
import { type ConfigurationFlags, configurationOptions, loadFor, selectionOptions } from '../command-options.ts'
import { runAndShow } from '../display/run-display.ts'
import { statusText } from '../display/status-text.ts'
import { queueParts } from '../loop/queue-parts.ts'
import { buildPipeline } from '../pipeline.ts'

/** Defines `promptloom run`. */
export function define(command: Command): void {
  selectionOptions(configurationOptions(command))
    .option('--json', 'report progress and result as JSON lines on standard output')
    .addHelpText(
      'after',
      `
Whatever is done already is skipped; a run that was killed goes on where it stopped. Where the configuration has a
feedback.queue, its prompts are improved and painted too, each once.
Exit codes: 0 done, 1 something failed, 2 wrong input, 3 interrupted with work left.

Examples:
  promptloom run --config config/kaggle-900k.yaml
  promptloom run --source prompts.csv --model models/clip --workspace data/runs/mine
  promptloom run --config my.yaml --from embed`,
    )
    .action(async (flags: ConfigurationFlags & Selection & { json?: boolean }) => {
      const configuration = await loadFor(flags)
      const pipeline = buildPipeline(configuration, { queue: queueParts(configuration) })
      // A wrong model is told before hours of fetching, not after.
      if (selectStages(pipeline, flags).some(({ stage }) => stage.name === 'embed')) {
        await readModelDirectory(configuration.model, { precision: configuration.embed.precision })
      }
      const { only, from, to } = flags
      const selection = Object.fromEntries(
        Object.entries({ only, from, to }).filter(([, stage]) => stage !== undefined),
      )
      const result = await runAndShow(configuration, { pipeline, ...selection }, flags.json === true)
      process.exitCode = result.exitCode
      if (!flags.json) console.log(statusText(await readStatus(configuration.workspace, pipeline)))
    })
}
