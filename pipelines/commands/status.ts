import { readStatus } from '@promptloom/runner/status'
import type { Command } from 'commander'
import { type ConfigurationFlags, configurationOptions, loadFor } from '../command-options.ts'
import { statusText } from '../display/status-text.ts'
import { readUnanswered, unansweredText } from '../feedback/queue/unanswered.ts'
import { deadLinksText, readDeadLinks } from '../fetch-images/dead-links-report.ts'
import { queueParts } from '../loop/queue-parts.ts'
import { buildPipeline } from '../pipeline.ts'

/** Defines `promptloom status`. */
export function define(command: Command): void {
  configurationOptions(command)
    .option('--json', 'print the status as JSON')
    .addHelpText(
      'after',
      `
Reads only files, so it can be asked while a run goes on.

Examples:
  promptloom status --workspace data/runs/mine
  promptloom status --config config/kaggle-900k.yaml --json`,
    )
    .action(async (flags: ConfigurationFlags & { json?: boolean }) => {
      const configuration = await loadFor(flags)
      const status = await readStatus(
        configuration.workspace,
        buildPipeline(configuration, { queue: queueParts(configuration) }),
      )
      const links = await readDeadLinks(configuration.workspace)
      const unanswered = await readUnanswered(configuration.workspace)
      if (flags.json) console.log(JSON.stringify({ ...status, links, unanswered }, null, 2))
      else
        console.log([statusText(status), unansweredText(unanswered), deadLinksText(links)].filter(Boolean).join('\n'))
    })
}
