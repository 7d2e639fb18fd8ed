import type { Command } from 'commander'
import { type ConfigurationFlags, configurationOptions, loadFor } from '../command-options.ts'
import { lineageText } from '../display/lineage-text.ts'
import { lineageOf } from '../loop/lineage.ts'

/** Defines `promptloom lineage`. */
export function define(command: Command): void {
  configurationOptions(command.argument('<id>', 'the row'))
    .option('--json', 'print it as JSON: nodes with their parents')
    .addHelpText(
      'after',
      `
Shows where a row comes from, up to the prompts of the dataset that inspired it, and what was made from it: who
improved and who painted, with what parameters, and how similar the neighbours were. Reads files, needs no database.

Examples:
  promptloom lineage g-0f3a5c1d2e4b6a79
  promptloom lineage r-91c2aa07d35fe611 --json --workspace data/runs/mine`,
    )
    .action(async (id: string, flags: ConfigurationFlags & { json?: boolean }) => {
      const lineage = await lineageOf((await loadFor(flags)).workspace, id)
      console.log(flags.json ? JSON.stringify(lineage, null, 2) : lineageText(lineage))
    })
}
