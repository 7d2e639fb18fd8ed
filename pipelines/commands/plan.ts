import { planRun, type StagePlan } from '@promptloom/runner/planning'
import type { Selection } from '@promptloom/runner/selection'
import type { Command } from 'commander'
import { type ConfigurationFlags, configurationOptions, loadFor, selectionOptions } from '../command-options.ts'
import { count, countOf } from '../display/numbers.ts'
import { queueParts } from '../loop/queue-parts.ts'
import { buildPipeline } from '../pipeline.ts'

/** Shards listed one by one before the rest is only counted. */
const LISTED = 10

/** Defines `promptloom plan`. */
export function define(command: Command): void {
  selectionOptions(configurationOptions(command))
    .option('--json', 'print the plan as JSON, every shard with its reason')
    .addHelpText(
      'after',
      `
Examples:
  promptloom plan --config config/kaggle-900k.yaml
  promptloom plan --workspace data/runs/mine --from embed --json`,
    )
    .action(async (flags: ConfigurationFlags & Selection & { json?: boolean }) => {
      const configuration = await loadFor(flags)
      const { workspace } = configuration
      const plans = await planRun({
        ...flags,
        workspace,
        pipeline: buildPipeline(configuration, { queue: queueParts(configuration) }),
      })
      console.log(flags.json ? JSON.stringify(plans, null, 2) : plans.map(planText).join('\n'))
    })
}

/** One stage's plan in words: what would run and why, what would be removed. */
export function planText(plan: StagePlan): string {
  const counts = [
    `${count(plan.run.length)} to run`,
    `${count(plan.skip)} up to date`,
    plan.remove.length > 0 ? `${count(plan.remove.length)} to remove` : '',
    plan.open ? 'more may follow from what runs before' : '',
  ]
  const lines = [`${plan.stage}: ${counts.filter(Boolean).join(', ')}`]
  for (const { shard, rows, reason } of plan.run.slice(0, LISTED)) {
    lines.push(`  ${shard} (${countOf(rows, 'row')}): ${reason}`)
  }
  if (plan.run.length > LISTED) lines.push(`  … and ${count(plan.run.length - LISTED)} more; --json lists all`)
  for (const shard of plan.remove.slice(0, LISTED)) lines.push(`  ${shard}: no longer exists, is removed`)
  return lines.join('\n')
}
