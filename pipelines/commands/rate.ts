import { type Command, InvalidArgumentError } from 'commander'
import { type ConfigurationFlags, configurationOptions, loadFor } from '../command-options.ts'
import { rate } from '../loop/rate.ts'

/** Defines `promptloom rate`. */
export function define(command: Command): void {
  configurationOptions(
    command.argument('<id>', 'the row').argument('<stars>', 'whole, 1 (worst) to 5 (best)', (text) => stars(text)),
  )
    .option('--json', 'print the rating as JSON')
    .addHelpText(
      'after',
      `
The latest rating of a row counts. Ratings filter searches (--min-rating) and may re-rank them (--rating-weight); bench
ratings says whether CLIP scores agree with yours. They are kept in events/ratings.jsonl, beside what you kept and
discarded, and stay on this machine. Works while a run goes on.

Examples:
  promptloom rate 6f0c41 5
  promptloom rate g-0f3a5c1d2e4b6a79 2 --workspace data/runs/mine`,
    )
    .action(async (id: string, rating: number, flags: ConfigurationFlags & { json?: boolean }) => {
      const { workspace } = await loadFor(flags)
      await rate(workspace, id, rating)
      console.log(flags.json ? JSON.stringify({ id, rating }) : `Rated ${id}: ${rating} of 5.`)
    })
}

function stars(text: string): number {
  if (/^[1-5]$/.test(text)) return Number(text)
  throw new InvalidArgumentError('a whole number from 1 to 5 is expected.')
}
