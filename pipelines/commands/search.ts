import type { Answer } from '@promptloom/search/answer'
import type { Command } from 'commander'
import { type ConfigurationFlags, configurationOptions, loadFor } from '../command-options.ts'
import { openSearchSession } from '../search-session.ts'

interface SearchFlags extends ConfigurationFlags {
  readonly k: number
  readonly json?: boolean
}

/** Defines `promptloom search`. */
export function define(command: Command): void {
  configurationOptions(command.argument('[words...]', 'what it should be like'))
    .option('-k, --k <hits>', 'hits a page', Number, 10)
    .option('--json', 'print the hits as a JSON array, best first')
    .action(async (words: readonly string[], flags: SearchFlags) => {
      await using session = await openSearchSession(await loadFor(flags))
      const answer = await session.searcher.ask({ terms: [{ text: words.join(' ') }], k: flags.k })
      console.log(flags.json ? JSON.stringify(answer.hits, null, 2) : JSON.stringify(answer satisfies Answer, null, 1))
    })
}
