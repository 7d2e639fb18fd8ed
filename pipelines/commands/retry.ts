import { UserError } from '@promptloom/runner/errors'
import { nearest, selectStages } from '@promptloom/runner/selection'
import type { BoundStage } from '@promptloom/runner/stage'
import type { Command } from 'commander'
import { type ConfigurationFlags, configurationOptions, loadFor } from '../command-options.ts'
import { runAndShow } from '../display/run-display.ts'
import { queueParts } from '../loop/queue-parts.ts'
import { buildPipeline } from '../pipeline.ts'

/** Defines `promptloom retry`. */
export function define(command: Command): void {
  configurationOptions(command.argument('<stage>', 'the stage whose rows are tried again'))
    .requiredOption('--outcome <names>', 'outcomes to try again, separated by commas')
    .option('--json', 'report progress and result as JSON lines')
    .addHelpText(
      'after',
      `
Only rows that ended in one of these outcomes are worked on, everything else stays as it is; later stages then take
up what changed. \`promptloom status\` shows the outcomes of each stage.

Examples:
  promptloom retry fetch-images --outcome timeout,http_5xx --workspace data/runs/mine`,
    )
    .action(async (stage: string, flags: ConfigurationFlags & { outcome: string; json?: boolean }) => {
      const configuration = await loadFor(flags)
      const pipeline = buildPipeline(configuration, { queue: queueParts(configuration) })
      const outcomes = parseOutcomes(pipeline, stage, flags.outcome)
      const work = { pipeline, from: stage, retry: { stage, outcomes } }
      const result = await runAndShow(configuration, work, flags.json === true)
      process.exitCode = result.exitCode
    })
}

/**
 * The named outcomes of a stage.
 * @throws UserError for an unknown stage or outcome.
 */
export function parseOutcomes(pipeline: readonly BoundStage[], stage: string, names: string): ReadonlySet<string> {
  const known = Object.keys(selectStages(pipeline, { only: stage })[0]?.stage.outcomes ?? {})
  const outcomes = names
    .split(',')
    .map((name) => name.trim())
    .filter(Boolean)
  for (const name of outcomes) {
    if (known.includes(name)) continue
    throw new UserError(
      `${stage} has no outcome "${name}"; did you mean "${nearest(name, known)}"? Outcomes: ${known.join(', ')}.`,
    )
  }
  if (outcomes.length === 0) throw new UserError(`--outcome is empty; name outcomes of ${stage}: ${known.join(', ')}.`)
  return new Set(outcomes)
}
