import { checkRequest } from '@promptloom/refine/refine-input'
import type { Command } from 'commander'
import { type ConfigurationFlags, configurationOptions, loadFor } from '../command-options.ts'
import { refineText } from '../display/refine-text.ts'
import { interruptible } from '../interrupt.ts'
import { openRefiner } from '../loop/refiner.ts'
import { likeOf, retrieve } from '../loop/retrieve.ts'
import { number } from '../question-flags.ts'
import { openSearchSession } from '../search-session.ts'

interface RefineFlags extends ConfigurationFlags {
  readonly like?: string
  readonly variants?: number
  readonly seed?: number
  readonly json?: boolean
}

/** Defines `promptloom refine`. */
export function define(command: Command): void {
  configurationOptions(command.argument('<words...>', 'the prompt to improve'))
    .option('--like <file|id>', 'lean also on this picture, or on the row with this id')
    .option('-n, --variants <number>', 'improved prompts wanted; default: refine.variants', number)
    .option('--seed <number>', 'other variants of the same prompt', number)
    .option('--json', 'print the variants with their reasons, the neighbours and the cost as JSON')
    .addHelpText(
      'after',
      `
Looks up what the collection has that is like the prompt, and improves it from there: with the language model that
refine.endpoint in the configuration names, or, without one, from what the neighbours have in common, which is no
language model and says so. OPENAI_API_KEY is sent to OpenAI and to this machine alone; for another endpoint,
refine.keyEnv names the environment variable that holds its key.

Examples:
  promptloom refine "a castle at night"
  promptloom refine "a castle at night" --like moodboard.png -n 5
  promptloom refine "a castle at night" --json | jq -r '.variants[0].prompt'`,
    )
    .action(async (words: readonly string[], flags: RefineFlags) => {
      const configuration = await loadFor(flags)
      const prompt = words.join(' ')
      const { variants = configuration.refine.variants, seed } = flags
      const like = flags.like === undefined ? undefined : await likeOf(flags.like)
      // Said before a model and a database are opened for it.
      checkRequest({ prompt, neighbours: [], variants, ...(seed === undefined ? {} : { seed }) })
      const refiner = await openRefiner(configuration.refine)
      await using session = await openSearchSession(configuration)
      const answer = await interruptible(async (signal) => {
        const count = configuration.refine.neighbours
        const neighbours = count > 0 ? await retrieve(session.searcher, { prompt, like, count }, signal) : []
        const request = { prompt, neighbours, variants, ...(seed === undefined ? {} : { seed }) }
        return { prompt, neighbours, ...(await refiner.refine(request, { signal })) }
      })
      console.log(flags.json ? JSON.stringify(answer, null, 2) : refineText(answer))
    })
}
